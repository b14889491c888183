package dev.pusula.inference.cuda;

import static dev.pusula.inference.cuda.CudaDevice.ATTENTION_THREADS;
import static dev.pusula.inference.cuda.CudaDevice.SPLIT;
import static dev.pusula.inference.cuda.CudaDevice.THREADS;
import static dev.pusula.inference.cuda.CudaDevice.ceiling;
import static dev.pusula.inference.engine.Device.PAGE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * The tuned kernels beside their plain references, both on the GPU, on random values. What differs
 * is the order of sums.
 */
public final class KernelCheck {

  private final Gpu gpu;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Memory> taken = new ArrayList<>();
  private final Arguments arguments = new Arguments();

  private KernelCheck(Gpu gpu) {
    this.gpu = gpu;
  }

  /**
   * One comparison.
   *
   * @param kernel and the sizes it ran on
   * @param error the largest difference, as a share of the largest value
   * @param allowed the most that is right
   */
  public record Result(String kernel, double error, double allowed) {
    /** Whether the kernel is right; NaN is not. */
    public boolean right() {
      return error <= allowed;
    }
  }

  /**
   * Products of every kind and number of rows, and attention with and without windows.
   *
   * @param columns of the products
   * @param context positions of the longest attention
   */
  static List<Result> run(Gpu gpu, int columns, int context) {
    KernelCheck check = new KernelCheck(gpu);
    List<Result> results = new ArrayList<>();
    for (boolean int8 : new boolean[] {false, true}) {
      for (int rows : new int[] {1, 8, 9, 16, 17, 32, 33, 64, 65}) {
        results.add(check.product(int8, rows, columns, columns + 24));
        check.release();
      }
    }
    for (int together : new int[] {1, 2, 4}) {
      for (int window : new int[] {0, 100}) {
        results.add(check.attention(together, context, window, 64));
        check.release();
      }
    }
    return results;
  }

  private Result product(boolean int8, int rows, int columns, int length) {
    int stride = Packing.padded(columns, 16);
    Memory weights = take(int8 ? bytes(length * stride) : bfloat16(length, columns, stride));
    Memory scales = int8 ? take(floats(length, i -> 0.01f + 0.001f * (i % 7))) : null;
    Memory x = take(bfloat16(rows, columns, stride));
    CudaMatrix matrix = new CudaMatrix(length, columns, stride, weights, scales);
    CudaLinear layer = CudaLinear.of(gpu, new CudaMatrix[] {matrix}, new CudaVector[1], new int[0]);
    taken.add(layer.memory());
    Memory step = take(Staging.fixed(gpu, rows, new int[0], new int[0], new int[0]));
    Memory plain = take(gpu.zeros(4L * rows * length));
    Memory tuned = take(gpu.zeros(4L * rows * length));
    arguments.begin().add(step).add(0).add(layer.memory()).add(0).add(x).add(stride);
    arguments.add(plain).add(length);
    gpu.launch(
        "multiply_plain", ceiling(length, THREADS), rows, 1, THREADS, 0, arguments.pointer());
    int together = Math.min(CudaDevice.MOST_TOGETHER, CudaDevice.room(rows));
    arguments.begin().add(step).add(0).add(layer.memory()).add((Memory) null).add((Memory) null);
    arguments.add(0).add(x).add(stride).add(tuned).add((Memory) null).add((Memory) null);
    arguments.add(length).add(0).add(0).add(0);
    String kernel = "multiply_" + (int8 ? "int8_" : "bf16_") + together;
    gpu.launch(
        kernel,
        ceiling(length, together >= 32 ? 32 : 16),
        ceiling(rows, together),
        1,
        THREADS,
        CudaDevice.productBytes(together),
        arguments.pointer());
    return compare(
        kernel + " " + rows + "x" + columns + "x" + length, plain, tuned, rows * length, 1e-5);
  }

  private Result attention(int together, int context, int window, int dim) {
    int kvHeads = 2;
    int heads = kvHeads * together;
    int rows = 3;
    int pagesOfRow = ceiling(context, PAGE);
    int[] pages = new int[rows * pagesOfRow];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = pages.length - 1 - i;
    }
    Memory step =
        take(
            Staging.fixed(
                gpu,
                rows,
                new int[] {context - 1, 0, context / 2},
                new int[] {0, pagesOfRow, 2 * pagesOfRow},
                pages));
    int cache = pages.length * PAGE * kvHeads;
    Memory keys = take(bfloat16(cache, dim, dim));
    Memory values = take(bfloat16(cache, dim, dim));
    Memory q = take(floats(rows * heads * dim, i -> (float) random.nextDouble(-1, 1)));
    int width = heads * dim;
    Memory plain = take(gpu.zeros(2L * rows * width));
    Memory tuned = take(gpu.zeros(2L * rows * width));
    int split = ceiling(context, SPLIT);
    Memory pieces = take(gpu.allocate(4L * rows * heads * split * (dim + 2)));
    attentionArguments(step, q, keys, values, heads, kvHeads, dim, window, plain);
    gpu.launch("attend_plain", ceiling(width, THREADS), rows, 1, THREADS, 0, arguments.pointer());
    attentionArguments(step, q, keys, values, heads, kvHeads, dim, window, tuned);
    arguments.add(pieces).add(split);
    gpu.launch(
        "attend_" + together,
        kvHeads,
        rows,
        split,
        ATTENTION_THREADS,
        CudaDevice.attentionBytes(together, dim),
        arguments.pointer());
    if (split > 1) {
      arguments.begin().add(step).add(pieces).add(split).add(heads).add(dim).add(window);
      arguments.add(tuned).add(width);
      gpu.launch("combine", heads, rows, 1, ATTENTION_THREADS, 0, arguments.pointer());
    }
    return compareBfloat16(
        "attend_" + together + " context " + context + " window " + window,
        plain,
        tuned,
        rows * width);
  }

  private void attentionArguments(
      Memory step,
      Memory q,
      Memory keys,
      Memory values,
      int heads,
      int kvHeads,
      int dim,
      int window,
      Memory out) {
    arguments.begin().add(step).add(q).add(heads * dim).add(keys).add(values);
    arguments.add(heads).add(kvHeads).add(dim).add(0.3f).add(0f).add(window);
    arguments.add(out).add(heads * dim);
  }

  private Result compare(String kernel, Memory plain, Memory tuned, int values, double allowed) {
    gpu.await();
    float[] expected = new float[values];
    float[] actual = new float[values];
    gpu.download(expected, plain, 0, values);
    gpu.download(actual, tuned, 0, values);
    return new Result(kernel, error(expected, actual), allowed);
  }

  /** Each is rounded: two neighbours may be right. */
  private Result compareBfloat16(String kernel, Memory plain, Memory tuned, int values) {
    gpu.await();
    int pairs = ceiling(values, 2);
    float[] expected = new float[pairs];
    float[] actual = new float[pairs];
    gpu.download(expected, plain, 0, pairs);
    gpu.download(actual, tuned, 0, pairs);
    return new Result(kernel, error(halves(expected), halves(actual)), 1.0 / 128);
  }

  private static float[] halves(float[] pairs) {
    float[] values = new float[2 * pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      int bits = Float.floatToRawIntBits(pairs[i]);
      values[2 * i] = Float.intBitsToFloat(bits << 16);
      values[2 * i + 1] = Float.intBitsToFloat(bits & 0xFFFF0000);
    }
    return values;
  }

  private static double error(float[] expected, float[] actual) {
    double largest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double here = Math.abs(actual[i] - expected[i]);
      if (Double.isNaN(here)) {
        return Double.NaN;
      }
      error = Math.max(error, here);
    }
    return error / largest;
  }

  private Memory bfloat16(int rows, int columns, int stride) {
    ByteBuffer buffer = Packing.buffer(2 * rows * stride);
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < stride; c++) {
        float value = c < columns ? (float) random.nextDouble(-1, 1) : 0;
        buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return gpu.uploaded(buffer.flip());
  }

  private Memory bytes(int n) {
    byte[] values = new byte[n];
    random.nextBytes(values);
    ByteBuffer buffer = Packing.buffer(n).put(values);
    return gpu.uploaded(buffer.flip());
  }

  private Memory floats(int n, IntFunction<Float> value) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = value.apply(i);
    }
    return Packing.floats(gpu, values);
  }

  private Memory take(Memory memory) {
    taken.add(memory);
    return memory;
  }

  private void release() {
    taken.forEach(gpu::release);
    taken.clear();
  }
}
