package dev.pusula.inference.engine;

import dev.pusula.inference.engine.Batch.Applied;

/** Batches for tests of devices, which cannot be filled from outside the engine. */
public final class Rows {

  private final Batch batch;

  /** With room for so many rows. */
  public Rows(int capacity) {
    batch = Batch.of(capacity);
  }

  /** Adds a row without adapters. */
  public Rows add(int position, int... pages) {
    batch.add(0, position, pages, new Applied[0], false);
    return this;
  }

  /** Adds a row with adapters of one weight. */
  public Rows adapted(float weight, Device.Adapter... adapters) {
    Applied[] applied = new Applied[adapters.length];
    for (int i = 0; i < adapters.length; i++) {
      applied[i] = new Applied(new LoraAdapter("a" + i, adapters[i], 1), weight);
    }
    batch.add(0, 0, new int[0], applied, false);
    return this;
  }

  /** What was added. */
  public Batch batch() {
    return batch;
  }
}
