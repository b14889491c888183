package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.entity.GenerationRequest;
import java.nio.ByteBuffer;
import java.util.Objects;
import jcuda.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a batch to the GPU in one copy from pinned memory: {@code Step} of types.cuh, whose own
 * place never changes, and what it points to, which moves when it grows.
 */
final class Staging {

  private static final int MOST = GenerationRequest.MAX_ADAPTERS;
  private static final int STEP_BYTES = 8 * Long.BYTES;
  private static final int COUNTS = 2;
  private static final int NONE = -1;

  private final Gpu gpu;
  private final int rows;
  private final Memory step;

  private int pages;
  private @Nullable Memory memory;
  private @Nullable Pointer pinned;
  private ByteBuffer bytes = Packing.buffer(0);

  /**
   * For batches of so many rows.
   *
   * @param pages entries of the rows' page tables together; more are made room for
   */
  Staging(Gpu gpu, int rows, int pages) {
    this.gpu = gpu;
    this.rows = rows;
    this.step = gpu.allocate(STEP_BYTES);
    grow(pages);
  }

  /**
   * A {@code Step} that never changes, for kernels by themselves: rows without adapters whose
   * logits are all wanted.
   *
   * @param starts where a row's pages begin in {@code pages}
   */
  static Memory fixed(Gpu gpu, int rows, int[] positions, int[] starts, int[] pages) {
    int header = STEP_BYTES / 4;
    int[][] parts = {{rows, rows}, {}, positions, starts, pages, {}, {}, {}};
    int size = header;
    for (int[] part : parts) {
      size += part.length;
    }
    Memory memory = gpu.allocate(4L * size);
    ByteBuffer struct = Packing.buffer(4 * size);
    int at = header;
    for (int i = 0; i < parts.length; i++) {
      struct.putLong(8 * i, memory.address() + 4L * at);
      for (int value : parts[i]) {
        struct.putInt(4 * at++, value);
      }
    }
    gpu.upload(memory, 0, struct);
    return memory;
  }

  /** The {@code Step}. */
  Memory step() {
    return step;
  }

  int rows() {
    return rows;
  }

  /** Where the parts begin, in fours of bytes. */
  private int tokens() {
    return COUNTS;
  }

  private int positions() {
    return tokens() + rows;
  }

  private int starts() {
    return positions() + rows;
  }

  private int adapters() {
    return starts() + rows;
  }

  private int weights() {
    return adapters() + MOST * rows;
  }

  private int wanted() {
    return weights() + MOST * rows;
  }

  private int tables() {
    return wanted() + rows;
  }

  private void grow(int wantedPages) {
    release();
    pages = wantedPages;
    long size = 4L * (tables() + pages);
    memory = gpu.allocate(size);
    pinned = gpu.pinned(size);
    bytes = Gpu.bytes(pinned, size);
    ByteBuffer struct = Packing.buffer(STEP_BYTES);
    for (int part :
        new int[] {0, tokens(), positions(), starts(), tables(), adapters(), weights(), wanted()}) {
      struct.putLong(memory.address() + 4L * part);
    }
    gpu.upload(step, 0, struct.flip());
  }

  /** Starts the copy of a batch; the copy before must be over. */
  void upload(Batch batch) {
    int needed = 0;
    for (int row = 0; row < batch.rows(); row++) {
      needed += lastOfItsTable(batch, row) ? length(batch, row) : 0;
    }
    if (needed > pages) {
      grow(Math.max(needed, 2 * pages));
    }
    put(0, batch.rows());
    put(1, batch.wantedRows());
    int table = 0;
    int start = 0;
    for (int row = 0; row < batch.rows(); row++) {
      put(tokens() + row, batch.token(row));
      put(positions() + row, batch.position(row));
      put(starts() + row, start);
      for (int a = 0; a < MOST; a++) {
        boolean applied = a < batch.adapters(row);
        put(
            adapters() + MOST * row + a,
            applied ? ((CudaAdapter) batch.adapter(row, a)).place() : NONE);
        bytes.putFloat(4 * (weights() + MOST * row + a), applied ? batch.weight(row, a) : 0);
      }
      if (lastOfItsTable(batch, row)) {
        int n = length(batch, row);
        for (int i = 0; i < n; i++) {
          put(tables() + table++, batch.pages(row)[i]);
        }
        start = table;
      }
    }
    for (int i = 0; i < batch.wantedRows(); i++) {
      put(wanted() + i, batch.wanted()[i]);
    }
    gpu.uploadAsync(
        Objects.requireNonNull(memory), Objects.requireNonNull(pinned), 4L * (tables() + table));
  }

  /** Rows of one sequence follow each other, the last position last. */
  private static boolean lastOfItsTable(Batch batch, int row) {
    return row + 1 == batch.rows() || batch.pages(row + 1) != batch.pages(row);
  }

  private static int length(Batch batch, int row) {
    return batch.position(row) / Device.PAGE + 1;
  }

  private void put(int at, int value) {
    bytes.putInt(4 * at, value);
  }

  private void release() {
    if (memory != null && pinned != null) {
      gpu.release(memory);
      gpu.releasePinned(pinned);
    }
  }

  void close() {
    release();
    gpu.release(step);
  }
}
