package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An adapter on the heap: its changes by slot. */
record CpuAdapter(@Nullable CpuDelta[] deltas, long bytes) implements Device.Adapter {

  static CpuAdapter of(List<Device.LowRank> changes, int lanes) {
    int slots = changes.stream().mapToInt(change -> change.slot() + 1).max().orElse(0);
    @Nullable CpuDelta[] deltas = new CpuDelta[slots];
    long bytes = 0;
    for (Device.LowRank change : changes) {
      CpuDelta delta =
          new CpuDelta(
              PackedMatrix.of(change.down(), lanes),
              PackedMatrix.of(change.up(), lanes),
              change.scale());
      deltas[change.slot()] = delta;
      bytes += delta.bytes();
    }
    return new CpuAdapter(deltas, bytes);
  }

  /** The change of a linear layer; null where it is left alone. */
  @Nullable CpuDelta delta(int slot) {
    return slot < deltas.length ? deltas[slot] : null;
  }

  @Override
  public void close() {
    // The collector takes it.
  }
}
