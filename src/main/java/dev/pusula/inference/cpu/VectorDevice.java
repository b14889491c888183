package dev.pusula.inference.cpu;

import static dev.pusula.inference.cpu.Lanes.COUNT;
import static dev.pusula.inference.cpu.Lanes.at;
import static dev.pusula.inference.cpu.Lanes.broadcast;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Weights;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The Vector API on all cores. Weights stream from memory once for a whole batch: each block of
 * rows meets every vector of the batch before the next block is read. Work is cut into parts that
 * {@link Workers} share; the cut never changes the order of a sum.
 */
final class VectorDevice extends CpuDevice {

  /** A batch's vectors pass in tiles of so many floats, so that they stay in the second cache. */
  private static final int TILE_FLOATS = 128 * 1024;

  /** Parts for each thread: enough to even out a thread that was interrupted. */
  private static final int PARTS_PER_THREAD = 8;

  /** Below so many floats a row-wise operation is done before another thread has woken. */
  private static final int WORTH_SHARING = 16 * 1024;

  /** Rows of one sequence that one part adapts. */
  private static final int ADAPTED_ROWS = 8;

  private final Workers workers;
  private final Scratch[] scratch;
  private final Multiply multiply = new Multiply();
  private final Adapt adapt = new Adapt();
  private final Attend attend = new Attend();
  private final Norm norm = new Norm();
  private final Gate gate = new Gate();

  /** What one thread needs. */
  private static final class Scratch {
    final float[] lanes = new float[COUNT];
    final AttentionKernel attention = new AttentionKernel(lanes);
    float[] low = new float[0];
    float[] product = new float[0];
  }

  /**
   * With so many threads.
   *
   * @throws UnsupportedOperationException if this CPU has no vectors that serve
   */
  VectorDevice(Weights weights, int threads) {
    super(weights);
    if (COUNT < 4 || COUNT > PAGE) {
      throw new UnsupportedOperationException("vectors of " + COUNT + " floats are not used");
    }
    workers = new Workers(threads);
    scratch = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      scratch[i] = new Scratch();
    }
  }

  @Override
  int lanes() {
    return COUNT;
  }

  @Override
  public String name() {
    return "cpu-vector";
  }

  @Override
  public String remark() {
    return "Vector API, "
        + Lanes.FLOATS.vectorBitSize()
        + " bit, "
        + workers.count()
        + (workers.count() == 1 ? " thread" : " threads")
        + weightsRemark();
  }

  @Override
  void multiply(Matrix[] matrices, Buffer in, int rows, Buffer[] out) {
    multiply.matrices = matrices;
    multiply.in = (CpuBuffer) in;
    multiply.rows = rows;
    multiply.out = out;
    int blocks = 0;
    for (Matrix matrix : matrices) {
      blocks += ((PackedMatrix) matrix).blocks();
    }
    multiply.blocks = blocks;
    int parts = workers.count() == 1 ? 1 : Math.min(blocks, workers.count() * PARTS_PER_THREAD);
    multiply.perPart = (blocks + parts - 1) / parts;
    workers.run((blocks + multiply.perPart - 1) / multiply.perPart, multiply);
  }

  private final class Multiply implements Workers.Task {
    private Matrix[] matrices = {};
    private Buffer[] out = {};
    private CpuBuffer in = CpuBuffer.of(0, 0);
    private int rows;
    private int blocks;
    private int perPart;

    @Override
    public void run(int part, int worker) {
      int from = part * perPart;
      int to = Math.min(blocks, from + perPart);
      int firstOfMatrix = 0;
      for (int m = 0; m < matrices.length; m++) {
        PackedMatrix matrix = (PackedMatrix) matrices[m];
        int n = matrix.blocks();
        int begin = Math.max(from, firstOfMatrix) - firstOfMatrix;
        int end = Math.min(to, firstOfMatrix + n) - firstOfMatrix;
        if (begin < end) {
          blocks(matrix, (CpuBuffer) out[m], begin, end);
        }
        firstOfMatrix += n;
      }
    }

    private void blocks(PackedMatrix matrix, CpuBuffer y, int begin, int end) {
      int tile = Math.max(4, TILE_FLOATS / matrix.depth() / 4 * 4);
      for (int first = 0; first < rows; first += tile) {
        int n = Math.min(rows - first, tile);
        for (int block = begin; block < end; block++) {
          Kernels.multiply(
              matrix,
              block,
              in.values(),
              in.at(first),
              in.stride(),
              n,
              y.values(),
              y.at(first) + block * COUNT,
              y.stride());
        }
      }
    }
  }

  @Override
  void adapt(Batch batch, int slot, Buffer in, Buffer out) {
    adapt.batch = batch;
    adapt.slot = slot;
    adapt.in = (CpuBuffer) in;
    adapt.out = (CpuBuffer) out;
    int parts = adapt.cut();
    workers.run(parts, adapt);
  }

  private final class Adapt implements Workers.Task {
    private Batch batch = NO_ROWS;
    private int slot;
    private CpuBuffer in = CpuBuffer.of(0, 0);
    private CpuBuffer out = in;
    private int[] starts = new int[0];
    private int[] ends = new int[0];

    /** Finds the stretches of rows with the same adapters that change this layer. */
    int cut() {
      if (starts.length < batch.rows()) {
        starts = new int[batch.rows()];
        ends = new int[batch.rows()];
      }
      int parts = 0;
      for (int row = 0; row < batch.rows(); ) {
        int end = row + 1;
        while (end < batch.rows() && end - row < ADAPTED_ROWS && batch.sameAdapters(row, end)) {
          end++;
        }
        if (adapted(row)) {
          starts[parts] = row;
          ends[parts++] = end;
        }
        row = end;
      }
      return parts;
    }

    private boolean adapted(int row) {
      for (int a = 0; a < batch.adapters(row); a++) {
        if (((CpuAdapter) batch.adapter(row, a)).delta(slot) != null) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void run(int part, int worker) {
      Scratch own = scratch[worker];
      int first = starts[part];
      for (int a = 0; a < batch.adapters(first); a++) {
        CpuDelta delta = ((CpuAdapter) batch.adapter(first, a)).delta(slot);
        if (delta != null) {
          float factor = batch.weight(first, a) * delta.scale();
          add(delta, factor, first, ends[part] - first, own);
        }
      }
    }

    private void add(CpuDelta delta, float factor, int first, int n, Scratch own) {
      int rank = PackedMatrix.pad(delta.down().rows(), CpuBuffer.PAD);
      own.low = room(own.low, n * rank);
      own.product = room(own.product, n * out.stride());
      int blocks = delta.down().blocks();
      for (int block = 0; block < blocks; block++) {
        int to = block * COUNT;
        Kernels.multiply(
            delta.down(), block, in.values(), in.at(first), in.stride(), n, own.low, to, rank);
      }
      for (int i = 0; i < n * rank; i++) {
        own.low[i] *= factor;
      }
      for (int block = 0; block < delta.up().blocks(); block++) {
        int to = block * COUNT;
        Kernels.multiply(delta.up(), block, own.low, 0, rank, n, own.product, to, out.stride());
      }
      float[] y = out.values();
      for (int i = 0; i < n; i++) {
        int from = i * out.stride();
        int to = out.at(first + i);
        for (int c = 0; c < out.columns(); c++) {
          y[to + c] += own.product[from + c];
        }
      }
    }

    private static float[] room(float[] scratch, int size) {
      return scratch.length < size ? new float[size] : scratch;
    }
  }

  private static final Batch NO_ROWS = Batch.of(0);

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
    attend.cache = (CpuCache) cache;
    attend.layer = layer;
    attend.batch = batch;
    attend.scale = scale;
    attend.cap = cap;
    attend.window = window;
    attend.queries = (CpuBuffer) queries;
    attend.out = (CpuBuffer) out;
    int kvHeads = attend.cache.kvHeads();
    attend.group = attend.queries.columns() / attend.cache.headDim() / kvHeads;
    attend.pieces = (attend.group + AttentionKernel.HEADS - 1) / AttentionKernel.HEADS;
    workers.run(batch.rows() * kvHeads * attend.pieces, attend);
  }

  private final class Attend implements Workers.Task {
    private CpuCache cache = new CpuCache(0, 0, 1, 2);
    private int layer;
    private Batch batch = NO_ROWS;
    private float scale;
    private float cap;
    private int window;
    private CpuBuffer queries = CpuBuffer.of(0, 0);
    private CpuBuffer out = queries;
    private int group;
    private int pieces;

    @Override
    public void run(int part, int worker) {
      int piece = part % pieces;
      int kvHead = part / pieces % cache.kvHeads();
      int row = part / pieces / cache.kvHeads();
      int head = kvHead * group + piece * AttentionKernel.HEADS;
      int heads = Math.min(AttentionKernel.HEADS, (kvHead + 1) * group - head);
      int last = batch.position(row);
      int first = window > 0 ? Math.max(0, last - window + 1) : 0;
      scratch[worker].attention.attend(
          cache,
          layer,
          kvHead,
          batch.pages(row),
          first,
          last,
          scale,
          cap,
          heads,
          queries.values(),
          queries.at(row) + head * cache.headDim(),
          out.values(),
          out.at(row) + head * cache.headDim());
    }
  }

  @Override
  public void norm(Buffer in, Vector weight, float epsilon, int rows, Buffer out) {
    norm.in = (CpuBuffer) in;
    norm.weight = ((CpuVector) weight).values();
    norm.epsilon = epsilon;
    norm.out = (CpuBuffer) out;
    byRows(norm, rows, norm.in.columns());
  }

  private final class Norm extends RowTask {
    private CpuBuffer in = CpuBuffer.of(0, 0);
    private CpuBuffer out = in;
    private float[] weight = {};
    private float epsilon;

    @Override
    void row(int row, Scratch own) {
      for (int group = 0; group < in.columns(); group += weight.length) {
        norm(in.values(), in.at(row) + group, out.values(), out.at(row) + group, own.lanes);
      }
    }

    private void norm(float[] x, int xAt, float[] y, int yAt, float[] lanes) {
      int n = weight.length;
      FloatVector squares = Lanes.zero();
      int i = 0;
      for (; i + COUNT <= n; i += COUNT) {
        FloatVector v = at(x, xAt + i);
        squares = v.fma(v, squares);
      }
      float sum = Lanes.sum(squares, lanes);
      for (; i < n; i++) {
        sum += x[xAt + i] * x[xAt + i];
      }
      float factor = (float) (1 / Math.sqrt(sum / n + epsilon));
      for (i = 0; i < n; i++) {
        y[yAt + i] = x[xAt + i] * factor * weight[i];
      }
    }
  }

  @Override
  void gate(Activation activation, Buffer gateBuffer, Buffer up, int rows) {
    gate.activation = activation;
    gate.gate = (CpuBuffer) gateBuffer;
    gate.up = (CpuBuffer) up;
    byRows(gate, rows, gate.gate.columns());
  }

  private static final class Gate extends RowTask {
    private static final float SQRT_2_OVER_PI = 0.7978845608f;
    private static final float CUBIC = 0.044715f;

    private Activation activation = Activation.SILU;
    private CpuBuffer gate = CpuBuffer.of(0, 0);
    private CpuBuffer up = gate;

    @Override
    void row(int row, Scratch own) {
      if (activation == Activation.SILU) {
        silu(gate.values(), up.values(), gate.at(row), gate.at(row) + gate.stride());
      } else {
        gelu(gate.values(), up.values(), gate.at(row), gate.at(row) + gate.stride());
      }
    }

    private static void silu(float[] g, float[] u, int from, int to) {
      for (int i = from; i < to; i += COUNT) {
        FloatVector x = at(g, i);
        x.div(Lanes.exp(x.neg()).add(1)).mul(at(u, i)).intoArray(g, i);
      }
    }

    private static void gelu(float[] g, float[] u, int from, int to) {
      for (int i = from; i < to; i += COUNT) {
        FloatVector x = at(g, i);
        FloatVector inner = x.mul(x).mul(x).mul(CUBIC).add(x).mul(SQRT_2_OVER_PI);
        Lanes.tanh(inner).add(1).mul(x).mul(0.5f).mul(at(u, i)).intoArray(g, i);
      }
    }
  }

  @Override
  public void cap(float cap, Buffer buffer, int rows) {
    CpuBuffer x = (CpuBuffer) buffer;
    float[] values = x.values();
    for (int i = 0; i < rows * x.stride(); i += COUNT) {
      Lanes.tanh(at(values, i).div(cap)).mul(cap).intoArray(values, i);
    }
  }

  @Override
  public int argmax(Buffer buffer, int row) {
    CpuBuffer from = (CpuBuffer) buffer;
    float[] x = from.values();
    int start = from.at(row);
    int n = from.columns();
    int whole = n / COUNT * COUNT;
    FloatVector greatest = broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < whole; i += COUNT) {
      greatest = greatest.max(at(x, start + i));
    }
    float max = greatest.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, x[start + i]);
    }
    int i = 0;
    while (i < whole && !at(x, start + i).compare(VectorOperators.EQ, max).anyTrue()) {
      i += COUNT;
    }
    while (i < n - 1 && x[start + i] != max) {
      i++;
    }
    return i;
  }

  @Override
  public double exponentials(float[] x, int n, float scale, float[] out) {
    FloatVector greatest = broadcast(Float.NEGATIVE_INFINITY);
    int whole = n / COUNT * COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      greatest = greatest.max(at(x, i));
    }
    float max = greatest.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = 0; i < whole; i += COUNT) {
      Lanes.exp(at(x, i).sub(max).mul(scale)).intoArray(out, i);
    }
    for (int i = whole; i < n; i++) {
      out[i] = (float) Math.exp((x[i] - max) * scale);
    }
    for (int i = 0; i < n; i++) {
      sum += out[i];
    }
    return sum;
  }

  @Override
  public void close() {
    workers.close();
  }

  private void byRows(RowTask task, int rows, int width) {
    task.rows = rows;
    int parts = rows * width < WORTH_SHARING ? 1 : Math.min(rows, 4 * workers.count());
    task.perPart = (rows + parts - 1) / parts;
    task.scratch = scratch;
    workers.run((rows + task.perPart - 1) / task.perPart, task);
  }

  /** An operation that takes each row by itself. */
  private abstract static class RowTask implements Workers.Task {
    private int rows;
    private int perPart;
    private Scratch[] scratch = {};

    @Override
    public void run(int part, int worker) {
      int end = Math.min(rows, (part + 1) * perPart);
      for (int row = part * perPart; row < end; row++) {
        row(row, scratch[worker]);
      }
    }

    abstract void row(int row, Scratch own);
  }
}
