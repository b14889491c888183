package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the CPU devices share: memory, and the operations that only move or add. */
abstract sealed class CpuDevice implements Device permits ScalarDevice, VectorDevice {

  private final Weights weights;
  private final Scratch projected = new Scratch();
  private final Scratch up = new Scratch();
  private final Buffer[] both = new Buffer[2];

  /** A buffer as large as the largest that was asked for. */
  private static final class Scratch {
    private final Buffer[] buffers = {CpuBuffer.of(0, 0)};

    Buffer[] of(Buffer like) {
      if (buffers[0].rows() < like.rows() || buffers[0].columns() != like.columns()) {
        buffers[0] = CpuBuffer.of(like.rows(), like.columns());
      }
      return buffers;
    }
  }

  CpuDevice(Weights weights) {
    this.weights = weights;
  }

  /** Rows in a block of a packed matrix. */
  abstract int lanes();

  /** What weights are kept as, for people. */
  String weightsRemark() {
    return weights == Weights.INT8 ? ", int8 weights" : "";
  }

  @Override
  public Matrix matrix(Tensor tensor) {
    return weights == Weights.INT8
        ? PackedMatrix.Bytes.of(tensor, lanes())
        : PackedMatrix.of(tensor, lanes());
  }

  @Override
  public Vector vector(float[] values) {
    return new CpuVector(values);
  }

  @Override
  public Linear linear(Matrix[] matrices, @Nullable Vector[] biases, int[] slots) {
    return new CpuLinear(matrices, biases, slots);
  }

  @Override
  public Adapter adapter(List<LowRank> changes) {
    return CpuAdapter.of(changes, lanes());
  }

  @Override
  public Buffer buffer(int rows, int columns) {
    return CpuBuffer.of(rows, columns);
  }

  @Override
  public Buffer inputs(int rows, int columns) {
    return buffer(rows, columns);
  }

  @Override
  public Cache cache(int layers, int kvHeads, int headDim, long bytes, int mostPages) {
    long pages = Math.min(mostPages, bytes / CpuCache.pageBytes(layers, kvHeads, headDim));
    return new CpuCache(layers, (int) pages, kvHeads, headDim);
  }

  @Override
  public Rotation rotation(Rope rope, int context) {
    return new CpuRotation(rope, context);
  }

  @Override
  public void embed(Matrix table, Batch batch, float scale, Buffer out) {
    PackedMatrix matrix = (PackedMatrix) table;
    CpuBuffer to = (CpuBuffer) out;
    for (int row = 0; row < batch.rows(); row++) {
      int token = batch.token(row);
      float factor = matrix.scale(token) * scale;
      for (int c = 0; c < to.columns(); c++) {
        to.values()[to.at(row) + c] = matrix.at(token, c) * factor;
      }
    }
  }

  @Override
  public void project(Linear layers, Batch batch, Buffer in, Buffer[] out) {
    CpuLinear linear = (CpuLinear) layers;
    multiply(linear.matrices(), in, batch.rows(), out);
    for (int i = 0; i < out.length; i++) {
      if (linear.biases()[i] instanceof CpuVector bias) {
        addBias(bias.values(), batch.rows(), (CpuBuffer) out[i]);
      }
      adapt(batch, linear.slots()[i], in, out[i]);
    }
  }

  @Override
  public void projectOnto(Linear layer, Batch batch, Buffer in, Buffer x) {
    project(layer, batch, in, projected.of(x));
    add(x, projected.buffers[0], batch.rows());
  }

  @Override
  public void projectGated(
      Linear gateUp, Activation activation, Batch batch, Buffer in, Buffer out) {
    both[0] = out;
    both[1] = up.of(out)[0];
    project(gateUp, batch, in, both);
    gate(activation, out, both[1], batch.rows());
  }

  @Override
  public void multiply(Matrix matrix, Buffer in, int rows, Buffer out) {
    multiply(new Matrix[] {matrix}, in, rows, new Buffer[] {out});
  }

  /** out[i] = in Wᵢᵀ for several matrices over the same rows. */
  abstract void multiply(Matrix[] matrices, Buffer in, int rows, Buffer[] out);

  /** Adds what the rows' adapters change at a slot. */
  abstract void adapt(Batch batch, int slot, Buffer in, Buffer out);

  /** gate = activation(gate) · up. */
  abstract void gate(Activation activation, Buffer gate, Buffer up, int rows);

  private static void addBias(float[] bias, int rows, CpuBuffer to) {
    for (int row = 0; row < rows; row++) {
      int at = to.at(row);
      for (int c = 0; c < bias.length; c++) {
        to.values()[at + c] += bias[c];
      }
    }
  }

  @Override
  public void rotateAndStore(
      Rotation rotation,
      Cache cache,
      int layer,
      Batch batch,
      Buffer queries,
      Buffer keys,
      Buffer values) {
    int headDim = ((CpuCache) cache).headDim();
    rotate(rotation, batch, headDim, queries);
    rotate(rotation, batch, headDim, keys);
    store(cache, layer, batch, keys, values);
  }

  static void rotate(Rotation rotation, Batch batch, int headDim, Buffer heads) {
    CpuBuffer buffer = (CpuBuffer) heads;
    float[] x = buffer.values();
    int half = headDim / 2;
    for (int row = 0; row < batch.rows(); row++) {
      float[] turned = ((CpuRotation) rotation).at(batch.position(row));
      int end = buffer.at(row) + buffer.columns();
      for (int at = buffer.at(row); at < end; at += headDim) {
        for (int i = 0; i < half; i++) {
          float a = x[at + i];
          float b = x[at + half + i];
          x[at + i] = a * turned[i] - b * turned[half + i];
          x[at + half + i] = b * turned[i] + a * turned[half + i];
        }
      }
    }
  }

  static void store(Cache cache, int layer, Batch batch, Buffer keys, Buffer values) {
    CpuBuffer k = (CpuBuffer) keys;
    CpuBuffer v = (CpuBuffer) values;
    for (int row = 0; row < batch.rows(); row++) {
      int position = batch.position(row);
      ((CpuCache) cache)
          .write(
              layer,
              batch.pages(row)[position / PAGE],
              position % PAGE,
              k.values(),
              k.at(row),
              v.values(),
              v.at(row));
    }
  }

  @Override
  public void add(Buffer x, Buffer y, int rows) {
    CpuBuffer to = (CpuBuffer) x;
    float[] sum = to.values();
    float[] added = ((CpuBuffer) y).values();
    // Equal shapes: rows lie at the same places.
    for (int i = 0; i < rows * to.stride(); i++) {
      sum[i] += added[i];
    }
  }

  @Override
  public void gather(Buffer in, Batch batch, Buffer out) {
    CpuBuffer from = (CpuBuffer) in;
    CpuBuffer to = (CpuBuffer) out;
    for (int i = 0; i < batch.wantedRows(); i++) {
      System.arraycopy(
          from.values(), from.at(batch.wanted()[i]), to.values(), to.at(i), from.columns());
    }
  }

  @Override
  public void read(Buffer buffer, int row, float[] into) {
    CpuBuffer from = (CpuBuffer) buffer;
    System.arraycopy(from.values(), from.at(row), into, 0, from.columns());
  }
}
