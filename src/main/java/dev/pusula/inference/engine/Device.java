package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.entity.GpuLoad;
import dev.pusula.inference.entity.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

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

  /** What its GPU is doing; empty where there is none. */
  default Optional<GpuLoad> gpu() {
    return Optional.empty();
  }

  /** Why it computes nothing any more; empty while it is well. */
  default Optional<String> failure() {
    return Optional.empty();
  }

  /**
   * Takes a matrix.
   *
   * @param tensor of shape (rows, columns)
   */
  Matrix matrix(Tensor tensor);

  /** Takes a vector. */
  Vector vector(float[] values);

  /**
   * Puts matrices together that meet the same rows.
   *
   * @param biases one for each matrix, null where it has none
   * @param slots which of an adapter's changes each takes; empty where adapters leave them alone
   */
  Linear linear(Matrix[] matrices, @Nullable Vector[] biases, int[] slots);

  /** Takes the changes of an adapter, each of another slot. */
  Adapter adapter(List<LowRank> changes);

  /** Rows of values, zero at first. */
  Buffer buffer(int rows, int columns);

  /** The same for what only linear layers read; a device may keep it in less precision. */
  Buffer inputs(int rows, int columns);

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

  /**
   * Runs the operations of one forward pass, which depend on the batch alone: a device may keep
   * them and repeat them for a batch of the same size.
   */
  default void pass(Batch batch, Runnable operations) {
    operations.run();
  }

  /** out[row] = scale · table[token of the row]. */
  void embed(Matrix table, Batch batch, float scale, Buffer out);

  /**
   * out = in / rms(in) · weight, each stretch of the weight's length of a row by itself. In and out
   * may be the same.
   */
  void norm(Buffer in, Vector weight, float epsilon, int rows, Buffer out);

  /**
   * out[i] = in Wᵢᵀ + bᵢ + Σ weight · scale · (in Aᵀ) Bᵀ over the row's adapters, in their order.
   *
   * @param in {@link #inputs}
   */
  void project(Linear layers, Batch batch, Buffer in, Buffer[] out);

  /** x += the layer's projection of in. */
  void projectOnto(Linear layer, Batch batch, Buffer in, Buffer x);

  /**
   * out = activation(gate) · up of two layers' projections of in.
   *
   * @param out {@link #inputs}
   */
  void projectGated(Linear gateUp, Activation activation, Batch batch, Buffer in, Buffer out);

  /** out[row] = in Wᵀ for rows that need not be the batch's. */
  void multiply(Matrix matrix, Buffer in, int rows, Buffer out);

  /**
   * Turns the pairs (i, i + headDim/2) of every head of queries and keys by the row's position, and
   * writes keys and values into its sequence's pages.
   */
  void rotateAndStore(
      Rotation rotation,
      Cache cache,
      int layer,
      Batch batch,
      Buffer queries,
      Buffer keys,
      Buffer values);

  /**
   * Softmax attention of each row over its sequence's positions up to its own.
   *
   * @param scale factor on the scores
   * @param cap c in c · tanh(score / c); 0 for none
   * @param window positions that are seen, its own included; 0 for all
   * @param out {@link #inputs}
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

  /** x += y. */
  void add(Buffer x, Buffer y, int rows);

  /** The rows of the batch whose logits are wanted, one after another. */
  void gather(Buffer in, Batch batch, Buffer out);

  /** x = cap · tanh(x / cap). */
  void cap(float cap, Buffer x, int rows);

  /** The last operation of a pass: what follows may ask for the first rows of its logits. */
  default void finish(Buffer logits, int rows) {}

  /** The place of the largest value in a row of a pass's logits, the first among equals. */
  int argmax(Buffer buffer, int row);

  /**
   * Draws a token from a row of a pass's logits: temperature, top-k, top-p and min-p as {@link
   * Sampler} has them, the most probable tokens first.
   *
   * @param uniform in [0, 1)
   * @return the token; empty where the host has to draw
   */
  default OptionalInt draw(Buffer logits, int row, Sampling sampling, double uniform) {
    return OptionalInt.empty();
  }

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

  /** A norm's factors or a layer's biases on the device. Immutable. */
  interface Vector {}

  /** Matrices over the same rows, with their biases and places in an adapter. Immutable. */
  interface Linear {}

  /**
   * A low-rank change of a matrix, W + scale · B A.
   *
   * @param slot which matrix, as {@link Transformer#slot} counts them
   * @param down A, (rank, columns)
   * @param up B, (rows, rank)
   */
  record LowRank(int slot, Tensor down, Tensor up, float scale) {}

  /** An adapter on the device. Immutable. */
  interface Adapter {
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
