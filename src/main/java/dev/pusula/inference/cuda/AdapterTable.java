package dev.pusula.inference.cuda;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device.LowRank;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The adapters in the GPU's memory, and the table by which the kernels find what each changes:
 * {@code Change} of types.cuh for every slot and place. Adapters may come and go on any thread; a
 * place is written while no batch names it.
 */
final class AdapterTable {

  /** RESIDENT_ADAPTERS of types.cuh. */
  private static final int PLACES = 512;

  /** Bytes of a {@code Change}. */
  private static final int CHANGE = 24;

  private final Gpu gpu;
  private final BitSet taken = new BitSet(PLACES);
  private int slots;
  private volatile @Nullable Memory table;
  private volatile int mostRank;

  AdapterTable(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Makes room for a slot; all are known before the first adapter comes. */
  void require(int slot) {
    slots = Math.max(slots, slot + 1);
  }

  /** The table; null while there was never an adapter. */
  @Nullable Memory memory() {
    return table;
  }

  /** The largest rank of all that ever came, filled up to a multiple of 8. */
  int mostRank() {
    return mostRank;
  }

  synchronized CudaAdapter add(List<LowRank> changes) {
    int place = taken.nextClearBit(0);
    if (place >= PLACES) {
      throw new CudaException("more than " + PLACES + " adapters in the GPU's memory");
    }
    if (table == null) {
      table = gpu.zeros((long) slots * PLACES * CHANGE);
    }
    Memory memory = upload(changes);
    ByteBuffer[] rows = new ByteBuffer[slots];
    long at = memory.address();
    for (LowRank change : changes) {
      ByteBuffer row = Packing.buffer(CHANGE);
      row.putLong(at);
      at += 2L * downValues(change);
      row.putLong(at);
      at += 2L * upValues(change);
      row.putInt(rank(change)).putFloat(change.scale());
      rows[change.slot()] = row.flip();
      mostRank = Math.max(mostRank, Packing.padded(rank(change), 8));
    }
    for (int slot = 0; slot < slots; slot++) {
      gpu.upload(
          Objects.requireNonNull(table),
          ((long) slot * PLACES + place) * CHANGE,
          rows[slot] == null ? Packing.buffer(CHANGE) : rows[slot]);
    }
    taken.set(place);
    return new CudaAdapter(this, place, memory);
  }

  synchronized void release(CudaAdapter adapter) {
    taken.clear(adapter.place());
    gpu.release(adapter.memory());
  }

  private Memory upload(List<LowRank> changes) {
    int values = changes.stream().mapToInt(c -> downValues(c) + upValues(c)).sum();
    ByteBuffer bytes = Packing.buffer(2 * values);
    for (LowRank change : changes) {
      Packing.put(change.down(), rank(change), columns(change), bytes);
      Packing.put(change.up(), change.up().shape()[0], rank(change), bytes);
    }
    return gpu.uploaded(bytes.flip());
  }

  private static int rank(LowRank change) {
    return change.down().shape()[0];
  }

  private static int columns(LowRank change) {
    Tensor down = change.down();
    return down.shape()[1];
  }

  private static int downValues(LowRank change) {
    return rank(change) * Packing.padded(columns(change), 8);
  }

  private static int upValues(LowRank change) {
    return change.up().shape()[0] * Packing.padded(rank(change), 8);
  }
}
