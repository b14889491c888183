package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Tensor;

/**
 * What computes. The {@link Transformer} is written over these operations and nothing else; a
 * device decides how weights are kept and which instructions run. All vectors are float32 and
 * row-major. Thread-safe: a matrix is immutable, and what an operation writes belongs to its
 * caller.
 */
public interface Device extends AutoCloseable {

  /** Short name for headers and metrics, such as {@code cpu-vector}. */
  String name();

  /** What is worth knowing about it: instruction width, or why something faster is not used. */
  String remark();

  /**
   * Takes a matrix in the precision it is stored in.
   *
   * @param tensor of shape (rows, columns)
   */
  Matrix matrix(Tensor tensor);

  /**
   * y = M x, accumulated in float32.
   *
   * @param x at least {@code matrix.columns()} values
   * @param y at least {@code matrix.rows()} values, overwritten
   */
  void multiply(Matrix matrix, float[] x, float[] y);

  /** Σ a[aFrom + i] b[bFrom + i] for i in 0…n−1; 0 for n = 0. */
  float dot(float[] a, int aFrom, float[] b, int bFrom, int n);

  /** y[yFrom + i] += scale · x[xFrom + i] for i in 0…n−1. */
  void addScaled(float[] y, int yFrom, float[] x, int xFrom, float scale, int n);

  @Override
  void close();

  /** A matrix on the device. */
  interface Matrix {
    /** Rows: the length of a product. */
    int rows();

    /** Columns: the length of what it is multiplied with. */
    int columns();

    /** Bytes that it takes. */
    long bytes();

    /** Copies one row, in float32. */
    void row(int row, float[] into);
  }
}
