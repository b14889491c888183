package dev.pusula.inference.cuda;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Weights;
import dev.pusula.inference.entity.GpuLoad;
import dev.pusula.inference.entity.Sampling;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import jcuda.Pointer;
import jcuda.driver.CUgraphExec;
import org.jspecify.annotations.Nullable;

/**
 * An NVIDIA GPU. Weights, keys and values, and what linear layers read are bfloat16, everything
 * else is float32; src/main/cuda has the kernels, and each operation here is one or two of them.
 *
 * <p>A pass only asks for work; the first question about its logits waits for it. Passes of up to
 * 64 rows are recorded as CUDA graphs the second time that their shape comes up, and replayed from
 * then on: a shape has room for 8, 16, 32 or 64 rows, and how many there are stands in the GPU's
 * memory.
 *
 * <p>When a call fails for another reason than memory, the GPU is lost to this process: every later
 * call fails with the same reason.
 */
public final class CudaDevice implements Device {

  static final int THREADS = 256;
  static final int WARPS = THREADS / 32;
  private static final int SAMPLING_THREADS = 1024;
  static final int ATTENTION_THREADS = 128;
  private static final int MOST_ADAPTERS = 3;
  private static final int MOST_MATRICES = 3;

  /** Positions that one block of attention sees. */
  static final int SPLIT = 256;

  /** Rows that share one reading of the weights. */
  static final int MOST_TOGETHER = 64;

  /** What a pass has rows of: those of its batch, or those whose logits are wanted. */
  private static final int ROWS = 0;

  private static final int WANTED = 1;

  /** What a product does with its sums. */
  private static final int STORE = 0;

  private static final int ADD = 1;
  private static final int GATE_SILU = 2;
  private static final int GATE_GELU = 3;

  private final Gpu gpu;
  private final Weights weights;
  private final boolean graphs;
  private final Telemetry telemetry;
  private final Drawing drawing;
  private final AdapterTable adapters;
  private final Arguments arguments = new Arguments();
  private final Map<CudaMatrix, CudaLinear> alone = new HashMap<>();
  private final Map<Shape, CUgraphExec> recorded = new HashMap<>();
  private final Set<Shape> met = new HashSet<>();
  private final Scratch reduced = new Scratch();
  private final Scratch pieces = new Scratch();
  private int mostRows;
  private @Nullable Staging staging;

  // The pass under way.
  private Shape shape = new Shape(0, 0, 1, false);
  private int count;
  private boolean pending;
  private @Nullable Memory drawn;
  private @Nullable Pointer drawnPinned;
  private ByteBuffer drawnBytes = Packing.buffer(0);
  private @Nullable Buffer finished;

  private volatile @Nullable String failure;
  private boolean closed;

  /**
   * What a recorded pass depends on.
   *
   * @param rows room for rows
   * @param wanted room for rows whose logits are wanted; 0 where none are
   * @param pieces room for stretches of {@link #SPLIT} positions
   * @param adapted whether any row has adapters
   */
  private record Shape(int rows, int wanted, int pieces, boolean adapted) {}

  /** Memory that grows; what was recorded with a smaller one is forgotten. */
  private final class Scratch {
    private @Nullable Memory memory;

    Memory of(long bytes) {
      Memory now = memory;
      if (now == null || now.bytes() < bytes) {
        if (now != null) {
          gpu.await();
          gpu.release(now);
        }
        now = gpu.allocate(bytes);
        memory = now;
        forget();
      }
      return now;
    }
  }

  /**
   * Over an open GPU, which it owns.
   *
   * @param graphs whether passes are recorded
   */
  CudaDevice(Gpu gpu, Weights weights, boolean graphs) {
    this.gpu = gpu;
    this.weights = weights;
    this.graphs = graphs;
    this.telemetry = Telemetry.of(gpu.description(), gpu.bus());
    this.drawing = new Drawing(gpu);
    this.adapters = new AdapterTable(gpu);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String remark() {
    return gpu.description()
        + (weights == Weights.INT8 ? ", int8 weights" : "")
        + (graphs ? "" : ", without graphs");
  }

  /**
   * Compares its kernels with their plain references.
   *
   * @param columns of the products, at least 8
   * @param context positions of attention, at least 2
   */
  public List<KernelCheck.Result> check(int columns, int context) {
    return guarded(() -> KernelCheck.run(gpu, columns, context));
  }

  /** Bytes that it copies within its memory in a second, read and written, the best of several. */
  public double copyBandwidth() {
    return guarded(gpu::copyBandwidth);
  }

  /** Bytes of its memory that nobody has. */
  public long free() {
    return gpu.free();
  }

  @Override
  public Optional<GpuLoad> gpu() {
    return Optional.of(telemetry.read());
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public Matrix matrix(Tensor tensor) {
    int rows = tensor.shape()[0];
    int columns = tensor.shape()[1];
    int stride = Packing.padded(columns, 16);
    if (weights == Weights.INT8) {
      float[] scales = new float[rows];
      Memory memory = Packing.int8(gpu, tensor, rows, columns, stride, scales);
      return new CudaMatrix(rows, columns, stride, memory, Packing.floats(gpu, scales));
    }
    Memory memory = Packing.bfloat16(gpu, tensor, rows, columns, stride);
    return new CudaMatrix(rows, columns, stride, memory, null);
  }

  @Override
  public Vector vector(float[] values) {
    return new CudaVector(values.length, Packing.floats(gpu, values));
  }

  @Override
  public Linear linear(Matrix[] matrices, @Nullable Vector[] biases, int[] slots) {
    for (int slot : slots) {
      adapters.require(slot);
    }
    return CudaLinear.of(gpu, matrices, biases, slots);
  }

  @Override
  public Adapter adapter(List<LowRank> changes) {
    return adapters.add(changes);
  }

  @Override
  public Buffer buffer(int rows, int columns) {
    return buffer(rows, columns, columns, false);
  }

  @Override
  public Buffer inputs(int rows, int columns) {
    return buffer(rows, columns, Packing.padded(columns, 16), true);
  }

  private Buffer buffer(int rows, int columns, int stride, boolean bfloat16) {
    mostRows = Math.max(mostRows, rows);
    long bytes = (bfloat16 ? 2L : 4L) * rows * stride;
    return new CudaBuffer(rows, columns, stride, bfloat16, gpu.zeros(bytes));
  }

  @Override
  public Cache cache(int layers, int kvHeads, int headDim, long bytes, int mostPages) {
    if (headDim % 8 != 0) {
      throw new CudaException("heads of width " + headDim + "; the kernels need a multiple of 8");
    }
    long ofLayer = 2L * PAGE * kvHeads * headDim;
    long pageBytes = 2 * layers * ofLayer;
    int pages = (int) Math.min(mostPages, Math.min(bytes, gpu.free()) / pageBytes);
    Memory[] keys = new Memory[layers];
    Memory[] values = new Memory[layers];
    for (int layer = 0; layer < layers; layer++) {
      keys[layer] = gpu.allocate(pages * ofLayer);
      values[layer] = gpu.allocate(pages * ofLayer);
    }
    return new CudaCache(pages, pageBytes, kvHeads, headDim, keys, values);
  }

  @Override
  public Rotation rotation(Rope rope, int context) {
    int half = rope.frequencies().length;
    float[] turns = new float[context * 2 * half];
    for (int position = 0; position < context; position++) {
      rope.turn(position, turns, position * 2 * half);
    }
    return new CudaRotation(Packing.floats(gpu, turns));
  }

  @Override
  public void pass(Batch batch, Runnable operations) {
    guarded(
        () -> {
          gpu.use();
          settle();
          prepare(batch);
          CUgraphExec known = recorded.get(shape);
          if (known == null && graphs && shape.rows() <= MOST_TOGETHER && !met.add(shape)) {
            known = gpu.record(operations);
            recorded.put(shape, known);
          }
          if (known != null) {
            gpu.replay(known);
          } else {
            operations.run();
          }
          pending = true;
          return true;
        });
  }

  private void prepare(Batch batch) {
    if (staging == null || staging.rows() < mostRows) {
      staging = new Staging(gpu, mostRows, 16 * mostRows);
      drawn = gpu.allocate(4L * mostRows);
      drawnPinned = gpu.pinned(4L * mostRows);
      drawnBytes = Gpu.bytes(drawnPinned, 4L * mostRows);
      forget();
    }
    staging.upload(batch);
    boolean adapted = false;
    int last = 0;
    for (int row = 0; row < batch.rows(); row++) {
      adapted |= batch.adapters(row) > 0;
      last = Math.max(last, batch.position(row));
    }
    int rows = graphs ? room(batch.rows()) : batch.rows();
    int wanted = batch.wantedRows() == 0 ? 0 : graphs ? rows : batch.wantedRows();
    int split = last / SPLIT + 1;
    shape = new Shape(rows, wanted, split == 1 ? 1 : Integer.highestOneBit(2 * split - 1), adapted);
    count = ROWS;
    if (adapted) {
      reduced.of(4L * MOST_ADAPTERS * MOST_MATRICES * adapters.mostRank() * mostRows);
    }
  }

  /** 8, 16, 32, 64, or as many as there are. */
  static int room(int rows) {
    return rows > MOST_TOGETHER ? rows : Math.max(8, Integer.highestOneBit(2 * rows - 1));
  }

  private void forget() {
    recorded.values().forEach(gpu::release);
    recorded.clear();
    met.clear();
  }

  /** Rows that kernels are launched for. */
  private int launched(Buffer most) {
    return Math.min(most.rows(), count == ROWS ? shape.rows() : shape.wanted());
  }

  @Override
  public void embed(Matrix table, Batch batch, float scale, Buffer out) {
    CudaMatrix matrix = (CudaMatrix) table;
    CudaBuffer to = (CudaBuffer) out;
    begin()
        .add(matrix.weights())
        .add(matrix.scales())
        .add(matrix.stride())
        .add(scale)
        .add(to.columns())
        .add(to.memory())
        .add(to.stride());
    launch("embed", launched(to), 1, 1, THREADS, 0);
  }

  @Override
  public void norm(Buffer in, Vector weight, float epsilon, int rows, Buffer out) {
    CudaBuffer from = (CudaBuffer) in;
    CudaBuffer to = (CudaBuffer) out;
    CudaVector factors = (CudaVector) weight;
    begin()
        .add(count)
        .add(from.memory())
        .add(from.stride())
        .add(factors.memory())
        .add(factors.length())
        .add(epsilon)
        .add(to.memory())
        .add(to.stride());
    launch(
        to.bfloat16() ? "norm_inputs" : "norm_values",
        launched(from),
        from.columns() / factors.length(),
        1,
        THREADS,
        0);
  }

  @Override
  public void project(Linear layers, Batch batch, Buffer in, Buffer[] out) {
    multiply("multiply", (CudaLinear) layers, in, STORE, out);
  }

  @Override
  public void projectOnto(Linear layer, Batch batch, Buffer in, Buffer x) {
    multiply("multiply", (CudaLinear) layer, in, ADD, x);
  }

  @Override
  public void projectGated(
      Linear gateUp, Activation activation, Batch batch, Buffer in, Buffer out) {
    int epilogue = activation == Activation.SILU ? GATE_SILU : GATE_GELU;
    multiply("gate", (CudaLinear) gateUp, in, epilogue, out);
  }

  @Override
  public void multiply(Matrix matrix, Buffer in, int rows, Buffer out) {
    CudaLinear layer =
        alone.computeIfAbsent(
            (CudaMatrix) matrix,
            one -> CudaLinear.of(gpu, new Matrix[] {one}, new Vector[1], new int[0]));
    multiply("multiply", layer, in, STORE, out);
  }

  private void multiply(String kernel, CudaLinear layer, Buffer in, int epilogue, Buffer... out) {
    CudaBuffer x = (CudaBuffer) in;
    int rows = launched(x);
    int together = Math.min(MOST_TOGETHER, room(rows));
    boolean gated = epilogue >= GATE_SILU;
    int rowsOfBlock = !gated && together >= 32 ? 32 : 16;
    int blocks = 0;
    for (int m = 0; m < (gated ? 1 : layer.matrices().length); m++) {
      blocks += ceiling(layer.matrices()[m].rows(), rowsOfBlock);
    }
    Memory changes = shape.adapted() && layer.adaptable() ? adapters.memory() : null;
    Memory t = changes == null ? null : reduce(layer, changes, x, rows);
    begin()
        .add(count)
        .add(layer.memory())
        .add(changes)
        .add(t)
        .add(adapters.mostRank())
        .add(x.memory())
        .add(x.stride());
    for (int i = 0; i < MOST_MATRICES; i++) {
      arguments.add(i < out.length ? ((CudaBuffer) out[i]).memory() : null);
    }
    for (int i = 0; i < MOST_MATRICES; i++) {
      arguments.add(i < out.length ? ((CudaBuffer) out[i]).stride() : 0);
    }
    arguments.add(epilogue);
    launch(
        kernel + (layer.matrices()[0].int8() ? "_int8_" : "_bf16_") + together,
        blocks,
        ceiling(rows, together),
        1,
        THREADS,
        productBytes(together));
  }

  private Memory reduce(CudaLinear layer, Memory changes, CudaBuffer x, int rows) {
    int mostRank = adapters.mostRank();
    Memory t = reduced.of(0);
    begin().add(layer.memory()).add(changes).add(x.memory()).add(x.stride()).add(t).add(mostRank);
    launch("reduce", mostRank / WARPS, layer.matrices().length * MOST_ADAPTERS, rows, THREADS, 0);
    return t;
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
    CudaCache pages = (CudaCache) cache;
    int heads = queries.columns() / pages.headDim();
    begin().add(((CudaRotation) rotation).turns());
    for (Buffer part : new Buffer[] {queries, keys, values}) {
      arguments.add(((CudaBuffer) part).memory()).add(((CudaBuffer) part).stride());
    }
    arguments
        .add(pages.keys()[layer])
        .add(pages.values()[layer])
        .add(heads)
        .add(pages.kvHeads())
        .add(pages.headDim());
    launch("rotate_and_store", launched(queries), heads + pages.kvHeads(), 1, 64, 0);
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
    CudaCache pages = (CudaCache) cache;
    CudaBuffer q = (CudaBuffer) queries;
    CudaBuffer to = (CudaBuffer) out;
    int dim = pages.headDim();
    int heads = q.columns() / dim;
    int group = heads / pages.kvHeads();
    int together = Math.min(4, Integer.highestOneBit(group));
    int rows = launched(q);
    int split = shape.pieces();
    if (window > 0) {
      split = Math.min(split, ceiling(window - 1, SPLIT) + 1);
    }
    Memory shares = split == 1 ? null : pieces.of(4L * rows * heads * split * (dim + 2));
    begin()
        .add(q.memory())
        .add(q.stride())
        .add(pages.keys()[layer])
        .add(pages.values()[layer])
        .add(heads)
        .add(pages.kvHeads())
        .add(dim)
        .add(scale)
        .add(cap)
        .add(window)
        .add(to.memory())
        .add(to.stride())
        .add(shares)
        .add(split);
    launch(
        "attend_" + together,
        pages.kvHeads() * ceiling(group, together),
        rows,
        split,
        ATTENTION_THREADS,
        attentionBytes(together, dim));
    if (shares != null) {
      begin()
          .add(shares)
          .add(split)
          .add(heads)
          .add(dim)
          .add(window)
          .add(to.memory())
          .add(to.stride());
      launch("combine", heads, rows, 1, ATTENTION_THREADS, 0);
    }
  }

  @Override
  public void add(Buffer x, Buffer y, int rows) {
    CudaBuffer to = (CudaBuffer) x;
    begin().add(to.memory()).add(((CudaBuffer) y).memory()).add(to.stride());
    launch("add", launched(to), 1, 1, THREADS, 0);
  }

  @Override
  public void gather(Buffer in, Batch batch, Buffer out) {
    CudaBuffer from = (CudaBuffer) in;
    count = WANTED;
    begin().add(from.memory()).add(from.stride()).add(((CudaBuffer) out).memory());
    launch("gather", launched(out), 1, 1, THREADS, 0);
  }

  @Override
  public void cap(float cap, Buffer x, int rows) {
    CudaBuffer to = (CudaBuffer) x;
    begin().add(cap).add(to.memory()).add(to.stride()).add(to.columns());
    launch("cap", ceiling(to.columns(), THREADS), launched(to), 1, THREADS, 0);
  }

  @Override
  public void finish(Buffer logits, int rows) {
    CudaBuffer from = (CudaBuffer) logits;
    Memory places = largest();
    begin().add(from.memory()).add(from.stride()).add(from.columns()).add(places);
    launch("argmax", launched(from), 1, 1, SAMPLING_THREADS, 0);
    gpu.downloadAsync(Objects.requireNonNull(drawnPinned), places, 4L * launched(from));
    finished = logits;
  }

  @Override
  public int argmax(Buffer buffer, int row) {
    if (buffer != finished) {
      throw new IllegalArgumentException("the largest are known of a pass's logits alone");
    }
    return guarded(
        () -> {
          settle();
          return drawnBytes.getInt(4 * row);
        });
  }

  @Override
  public OptionalInt draw(Buffer logits, int row, Sampling sampling, double uniform) {
    if (logits != finished) {
      throw new IllegalArgumentException("only a pass's logits are drawn from");
    }
    CudaBuffer from = (CudaBuffer) logits;
    return guarded(
        () -> {
          gpu.use();
          settle();
          return OptionalInt.of(drawing.draw(step(), from, largest(), row, sampling, uniform));
        });
  }

  @Override
  public void read(Buffer buffer, int row, float[] into) {
    CudaBuffer from = (CudaBuffer) buffer;
    guarded(
        () -> {
          gpu.use();
          settle();
          gpu.download(into, from.memory(), 4L * row * from.stride(), from.columns());
          return true;
        });
  }

  /** Waits for the pass under way. */
  private void settle() {
    if (pending) {
      gpu.await();
      pending = false;
    }
  }

  /** After a failure nothing is asked of the GPU any more. */
  private <T> T guarded(Supplier<T> work) {
    String reason = failure;
    if (reason != null) {
      throw new CudaException(reason);
    }
    try {
      return work.get();
    } catch (CudaException e) {
      if (!e.outOfMemory()) {
        failure = String.valueOf(e.getMessage());
      }
      throw e;
    }
  }

  private Memory step() {
    return Objects.requireNonNull(staging, "a pass is under way").step();
  }

  private Memory largest() {
    return Objects.requireNonNull(drawn, "a pass is under way");
  }

  private Arguments begin() {
    return arguments.begin().add(step());
  }

  private void launch(String kernel, int x, int y, int z, int threads, int sharedBytes) {
    gpu.launch(kernel, x, y, z, threads, sharedBytes, arguments.pointer());
  }

  /** Shared memory of a product for so many rows at once. */
  static int productBytes(int together) {
    return 4 * WARPS * 16 * together;
  }

  /** Shared memory of attention for so many heads at once. */
  static int attentionBytes(int together, int dim) {
    int sharers = Math.min(8, ATTENTION_THREADS / (dim / 8));
    return 4 * together * (dim + SPLIT + sharers * dim);
  }

  static int ceiling(int n, int by) {
    return (n + by - 1) / by;
  }

  /** A lost GPU has nothing to give back. */
  @Override
  public void close() {
    if (!closed && failure == null) {
      closed = true;
      gpu.close();
    }
  }
}
