package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.engine.Batch.Applied;
import java.util.ArrayList;
import java.util.List;

/** Forward passes over several sequences, without a scheduler: which rows are in which is given. */
final class Passes {

  private static final int MOST_SEQUENCES = 70;

  private final Checkpoint checkpoint;
  private final Device device;
  private final Transformer transformer;
  private final Device.Cache cache;
  private final Batch batch;
  private int sequences;

  /**
   * A model on a device.
   *
   * @param rows most of a pass
   */
  Passes(Checkpoint checkpoint, Device device, int rows) {
    this.checkpoint = checkpoint;
    this.device = device;
    this.transformer = new Transformer(checkpoint, device, rows, rows);
    this.cache = transformer.cache(1L << 27, MOST_SEQUENCES);
    this.batch = Batch.of(rows);
  }

  /** One sequence; its pages lie between those of others. */
  final class Sequence {
    private final Applied[] adapters;
    private final int[] pages;
    private int length;

    private Sequence(Applied[] adapters) {
      this.adapters = adapters;
      this.pages = new int[cache.pages() / MOST_SEQUENCES];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = cache.pages() - 1 - sequences - i * MOST_SEQUENCES;
      }
      sequences++;
    }
  }

  /** What a pass computes of a sequence. */
  record Part(Sequence sequence, int... tokens) {}

  Sequence sequence(Applied... adapters) {
    return new Sequence(adapters);
  }

  /** An adapter of the checkpoint's folder. */
  Applied adapter(String name, double weight) {
    return new Applied(
        LoraAdapter.read(
            checkpoint.folder().resolve("adapters").resolve(name), checkpoint.config(), device),
        (float) weight);
  }

  /** The logits of every row, whose largest must be where the device finds it. */
  List<float[]> run(Part... parts) {
    batch.clear();
    for (Part part : parts) {
      for (int token : part.tokens()) {
        Sequence sequence = part.sequence();
        batch.add(token, sequence.length++, sequence.pages, sequence.adapters, true);
      }
    }
    Device.Buffer rows = transformer.forward(batch, cache);
    List<float[]> logits = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      float[] values = new float[checkpoint.config().vocabulary()];
      int largest = device.argmax(rows, row);
      device.read(rows, row, values);
      for (int i = 0; i < values.length; i++) {
        // NaN is not below anything either, and leaves none that is the largest.
        if (largest >= values.length
            || !(i < largest ? values[i] < values[largest] : values[i] <= values[largest])) {
          throw new AssertionError("row " + row + ": " + i + " is not below " + largest);
        }
      }
      logits.add(values);
    }
    return logits;
  }
}
