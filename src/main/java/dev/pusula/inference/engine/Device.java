package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;

/**
 * What computes. The {@link Transformer} is written over these operations and nothing else; a
 * device decides where memory lies, how weights are kept and which instructions run. Values are
 * float32, row-major, one row for each token of a batch.
 *
 * <p>A row's result must not depend, in any bit, on the other rows: it is what makes a request's
 * answer the same alone and in a crowd.
 *
 * <p>Operations are called by one thread at a time; weights may be taken by any thread meanwhile.
 */
public interface Device extends AutoCloseable {

  /** Positions in a page of keys and values. */
  int PAGE = 16;

  /** Short name for headers and metrics, such as {@code cpu-vector}. */
  String name();

  /** What is worth knowing about it: instruction width, or why something faster is not used. */
  String remark();

  /**
   * Takes a matrix.
   *
   * @param tensor of shape (rows, columns)
   */
  Matrix matrix(Tensor tensor);

  /**
   * Takes a low-rank change of a matrix, W + scale · B A.
   *
   * @param down A, (rank, columns)
   * @param up B, (rows, rank)
   */
  Delta delta(Tensor down, Tensor up, float scale);

  /** Rows of values, zero at first. */
  Buffer buffer(int rows, int columns);

  /**
   * Room for keys and values: as many pages as fit, but not more than asked for. A page holds
   * {@link #PAGE} positions of every layer; its memory may be taken when it is first written.
   *
   * @param bytes most memory
   * @param mostPages what could ever be used
   */
  Cache cache(int layers, int kvHeads, int headDim, long bytes, int mostPages);

  /** A rotation for positions up to a context. */
  Rotation rotation(Rope rope, int context);

  /** out[row] = scale · table[token of the row]. */
  void embed(Matrix table, Batch batch, float scale, Buffer out);

  /**
   * out = in / rms(in) · weight, each stretch of weight.length values of a row by itself. In and
   * out may be the same.
   */
  void norm(Buffer in, float[] weight, float epsilon, int rows, Buffer out);

  /** out[i] = in Wᵢᵀ for several matrices over the same rows. */
  void multiply(Matrix[] matrices, Buffer in, int rows, Buffer[] out);

  /** out[row] += bias. */
  void addBias(float[] bias, int rows, Buffer out);

  /**
   * out[row] += Σ weight · scale · B (A in[row]) over the row's adapters, in their order.
   *
   * @param slot which of an adapter's changes, as {@link Batch#delta} takes it
   */
  void adapt(Batch batch, int slot, Buffer in, Buffer out);

  /** Turns the pairs (i, i + headDim/2) of every head by the row's position. */
  void rotate(Rotation rotation, Batch batch, int headDim, Buffer heads);

  /** Writes each row's key and value into its sequence's pages. */
  void store(Cache cache, int layer, Batch batch, Buffer keys, Buffer values);

  /**
   * Softmax attention of each row over its sequence's positions up to its own.
   *
   * @param scale factor on the scores
   * @param cap c in c · tanh(score / c); 0 for none
   * @param window positions that are seen, its own included; 0 for all
   */
  void attend(
      Cache cache,
      int layer,
      Batch batch,
      float scale,
      float cap,
      int window,
      Buffer queries,
      Buffer out);

  /** gate = activation(gate) · up. */
  void gate(Activation activation, Buffer gate, Buffer up, int rows);

  /** x += y. */
  void add(Buffer x, Buffer y, int rows);

  /** out[i] = in[rows[i]] for the first n. */
  void gather(Buffer in, int[] rows, int n, Buffer out);

  /** x = cap · tanh(x / cap). */
  void cap(float cap, Buffer x, int rows);

  /** The place of a row's largest value, the first among equals. */
  int argmax(Buffer buffer, int row);

  /** Copies a row to the host. */
  void read(Buffer buffer, int row, float[] into);

  /**
   * out[i] = exp((x[i] − max x) · scale) on the host; returns the sum.
   *
   * @param n at least 1
   */
  default double exponentials(float[] x, int n, float scale, float[] out) {
    float max = x[0];
    for (int i = 1; i < n; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.exp((x[i] - max) * scale);
      sum += out[i];
    }
    return sum;
  }

  @Override
  void close();

  /** Weights on the device. Immutable. */
  interface Matrix {
    /** Length of a product. */
    int rows();

    /** Length of what it is multiplied with. */
    int columns();

    /** Bytes that it takes. */
    long bytes();
  }

  /** A low-rank change on the device. Immutable. */
  interface Delta {
    /** Bytes that it takes. */
    long bytes();

    /** Gives its memory back; called once, when no batch uses it any more. */
    void close();
  }

  /** Rows on the device. */
  interface Buffer {
    /** Most rows. */
    int rows();

    /** Values in a row. */
    int columns();
  }

  /** Keys and values on the device. */
  interface Cache {
    /** Pages, numbered from 0. */
    int pages();

    /** Bytes that one page takes in all layers. */
    long pageBytes();
  }

  /** Sines and cosines on the device. */
  interface Rotation {}
}
