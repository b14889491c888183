package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;

/** What the CPU devices share: memory, and the operations that only move or add. */
abstract sealed class CpuDevice implements Device permits ScalarDevice, VectorDevice {

  private final Weights weights;

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
  public Delta delta(Tensor down, Tensor up, float scale) {
    return new CpuDelta(PackedMatrix.of(down, lanes()), PackedMatrix.of(up, lanes()), scale);
  }

  @Override
  public Buffer buffer(int rows, int columns) {
    return CpuBuffer.of(rows, columns);
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
  public void addBias(float[] bias, int rows, Buffer out) {
    CpuBuffer to = (CpuBuffer) out;
    for (int row = 0; row < rows; row++) {
      int at = to.at(row);
      for (int c = 0; c < bias.length; c++) {
        to.values()[at + c] += bias[c];
      }
    }
  }

  @Override
  public void rotate(Rotation rotation, Batch batch, int headDim, Buffer heads) {
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

  @Override
  public void store(Cache cache, int layer, Batch batch, Buffer keys, Buffer values) {
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
  public void gather(Buffer in, int[] rows, int n, Buffer out) {
    CpuBuffer from = (CpuBuffer) in;
    CpuBuffer to = (CpuBuffer) out;
    for (int i = 0; i < n; i++) {
      System.arraycopy(from.values(), from.at(rows[i]), to.values(), to.at(i), from.columns());
    }
  }

  @Override
  public void read(Buffer buffer, int row, float[] into) {
    CpuBuffer from = (CpuBuffer) buffer;
    System.arraycopy(from.values(), from.at(row), into, 0, from.columns());
  }
}
