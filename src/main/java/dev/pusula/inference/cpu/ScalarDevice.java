package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;

/** The reference: one plain loop for each operation, in the order of the formula. */
final class ScalarDevice implements Device {

  private final String remark;

  ScalarDevice(String remark) {
    this.remark = remark;
  }

  @Override
  public String name() {
    return "cpu-scalar";
  }

  @Override
  public String remark() {
    return remark;
  }

  @Override
  public Matrix matrix(Tensor tensor) {
    return PackedMatrix.of(tensor);
  }

  @Override
  public void multiply(Matrix matrix, float[] x, float[] y) {
    PackedMatrix m = (PackedMatrix) matrix;
    for (int r = 0; r < m.rows(); r++) {
      float sum = 0;
      for (int c = 0; c < m.columns(); c++) {
        sum += m.at(r, c) * x[c];
      }
      y[r] = sum;
    }
  }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aFrom + i] * b[bFrom + i];
    }
    return sum;
  }

  @Override
  public void addScaled(float[] y, int yFrom, float[] x, int xFrom, float scale, int n) {
    for (int i = 0; i < n; i++) {
      y[yFrom + i] += scale * x[xFrom + i];
    }
  }

  @Override
  public void close() {
    // Nothing but heap.
  }
}
