package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Weights;

/** The reference: one plain loop for each operation, in the order of the formula, on one thread. */
final class ScalarDevice extends CpuDevice {

  private final String remark;

  ScalarDevice(String remark, Weights weights) {
    super(weights);
    this.remark = remark;
  }

  @Override
  int lanes() {
    return 1;
  }

  @Override
  public String name() {
    return "cpu-scalar";
  }

  @Override
  public String remark() {
    return remark + weightsRemark();
  }

  @Override
  public void norm(Buffer in, Vector weight, float epsilon, int rows, Buffer out) {
    CpuBuffer from = (CpuBuffer) in;
    CpuBuffer to = (CpuBuffer) out;
    float[] factors = ((CpuVector) weight).values();
    int n = factors.length;
    for (int row = 0; row < rows; row++) {
      for (int group = 0; group < from.columns(); group += n) {
        int x = from.at(row) + group;
        float squares = 0;
        for (int i = 0; i < n; i++) {
          squares += from.values()[x + i] * from.values()[x + i];
        }
        float factor = (float) (1 / Math.sqrt(squares / n + epsilon));
        for (int i = 0; i < n; i++) {
          to.values()[to.at(row) + group + i] = from.values()[x + i] * factor * factors[i];
        }
      }
    }
  }

  @Override
  void multiply(Matrix[] matrices, Buffer in, int rows, Buffer[] out) {
    CpuBuffer x = (CpuBuffer) in;
    for (int m = 0; m < matrices.length; m++) {
      PackedMatrix matrix = (PackedMatrix) matrices[m];
      CpuBuffer y = (CpuBuffer) out[m];
      for (int row = 0; row < rows; row++) {
        for (int r = 0; r < matrix.rows(); r++) {
          y.values()[y.at(row) + r] = dot(matrix, r, x.values(), x.at(row)) * matrix.scale(r);
        }
      }
    }
  }

  @Override
  void adapt(Batch batch, int slot, Buffer in, Buffer out) {
    CpuBuffer x = (CpuBuffer) in;
    CpuBuffer y = (CpuBuffer) out;
    for (int row = 0; row < batch.rows(); row++) {
      for (int a = 0; a < batch.adapters(row); a++) {
        CpuDelta delta = ((CpuAdapter) batch.adapter(row, a)).delta(slot);
        if (delta != null) {
          float factor = batch.weight(row, a) * delta.scale();
          float[] low = new float[delta.down().rows()];
          for (int k = 0; k < low.length; k++) {
            low[k] = factor * dot(delta.down(), k, x.values(), x.at(row));
          }
          for (int r = 0; r < y.columns(); r++) {
            y.values()[y.at(row) + r] += dot(delta.up(), r, low, 0);
          }
        }
      }
    }
  }

  private static float dot(PackedMatrix matrix, int row, float[] x, int at) {
    float sum = 0;
    for (int c = 0; c < matrix.columns(); c++) {
      sum += matrix.at(row, c) * x[at + c];
    }
    return sum;
  }

  @Override
  public void attend(
      Cache cache,
      int layer,
      Batch batch,
      float scale,
      float cap,
      int window,
      Buffer queries,
      Buffer out) {
    CpuCache kv = (CpuCache) cache;
    CpuBuffer q = (CpuBuffer) queries;
    int dim = kv.headDim();
    int heads = q.columns() / dim;
    for (int row = 0; row < batch.rows(); row++) {
      for (int head = 0; head < heads; head++) {
        int kvHead = head / (heads / kv.kvHeads());
        attend(kv, layer, batch, row, kvHead, scale, cap, window, q, (CpuBuffer) out, head * dim);
      }
    }
  }

  private static void attend(
      CpuCache kv,
      int layer,
      Batch batch,
      int row,
      int kvHead,
      float scale,
      float cap,
      int window,
      CpuBuffer q,
      CpuBuffer out,
      int headAt) {
    int last = batch.position(row);
    int first = window > 0 ? Math.max(0, last - window + 1) : 0;
    float[] scores = new float[last - first + 1];
    float max = Float.NEGATIVE_INFINITY;
    for (int p = first; p <= last; p++) {
      int page = batch.pages(row)[p / PAGE];
      float score = 0;
      for (int d = 0; d < kv.headDim(); d++) {
        score +=
            q.values()[q.at(row) + headAt + d]
                * kv.keys(layer, page)[kv.keyAt(page, kvHead) + d * PAGE + p % PAGE];
      }
      score *= scale;
      scores[p - first] = cap > 0 ? (float) (cap * Math.tanh(score / cap)) : score;
      max = Math.max(max, scores[p - first]);
    }
    float sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int d = 0; d < kv.headDim(); d++) {
      float mixed = 0;
      for (int p = first; p <= last; p++) {
        int page = batch.pages(row)[p / PAGE];
        mixed +=
            scores[p - first]
                * kv.values(layer, page)[kv.valueAt(page, kvHead) + p % PAGE * kv.paddedDim() + d];
      }
      out.values()[out.at(row) + headAt + d] = mixed / sum;
    }
  }

  @Override
  void gate(Activation activation, Buffer gate, Buffer up, int rows) {
    CpuBuffer g = (CpuBuffer) gate;
    CpuBuffer u = (CpuBuffer) up;
    for (int i = 0; i < rows * g.stride(); i++) {
      double x = g.values()[i];
      double activated =
          switch (activation) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU_TANH ->
                x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
          };
      g.values()[i] = (float) activated * u.values()[i];
    }
  }

  @Override
  public void cap(float cap, Buffer x, int rows) {
    CpuBuffer buffer = (CpuBuffer) x;
    for (int i = 0; i < rows * buffer.stride(); i++) {
      buffer.values()[i] = (float) (cap * Math.tanh(buffer.values()[i] / cap));
    }
  }

  @Override
  public int argmax(Buffer buffer, int row) {
    CpuBuffer from = (CpuBuffer) buffer;
    int best = 0;
    for (int i = 1; i < from.columns(); i++) {
      if (from.values()[from.at(row) + i] > from.values()[from.at(row) + best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void close() {
    // Nothing but heap.
  }
}
