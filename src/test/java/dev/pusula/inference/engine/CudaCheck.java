package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.cpu.Bfloat16Device;
import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.engine.Passes.Part;
import dev.pusula.inference.engine.Passes.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Compares the CUDA device with the CPU's reference, which rounds as it does. Runs in a JVM of its
 * own too, where a kernel that was made wrong must be found out.
 */
public final class CudaCheck {

  static final Path FIXTURES = Path.of("src/test/resources/inference");

  /** Of the largest logit: sums in another order, and what they round to another neighbour. */
  static final double TOLERANCE = 0.01;

  private CudaCheck() {}

  /** Exit code 1 where anything differs. */
  public static void main(String[] arguments) throws IOException {
    System.load(arguments[0]);
    Path folder = Files.createTempDirectory("pusula");
    double worst = mixed(FIXTURES.resolve("llama-tied"), Weights.STORED);
    if (worst <= TOLERANCE) {
      worst = longContext(synthetic(folder.resolve("long"), 32, 48, 4, 2, 600));
    }
    System.err.println("worst " + worst);
    System.exit(worst <= TOLERANCE ? 0 : 1);
  }

  static Path synthetic(
      Path folder, int hidden, int intermediate, int heads, int kvHeads, int context)
      throws IOException {
    SyntheticCheckpoint.write(
        folder,
        new SyntheticCheckpoint.Options(
            hidden, intermediate, 2, heads, kvHeads, context, 64, 5, 7, List.of("a_adapter")));
    return folder;
  }

  /**
   * Three sequences, on the base, an adapter, and a mix of three whose ranks differ: their prompts
   * in one pass, then token by token.
   *
   * @return the largest difference of a logit, as a share of the row's largest
   */
  static double mixed(Path folder, Weights weights) {
    Checkpoint checkpoint = Checkpoint.read(folder);
    try (Device cpu = new Bfloat16Device(weights);
        Device cuda = CudaDevices.open(weights, false)) {
      return worst(mixed(checkpoint, cpu), mixed(checkpoint, cuda));
    }
  }

  static List<float[]> mixed(Checkpoint checkpoint, Device device) {
    Passes passes = new Passes(checkpoint, device, 32);
    List<Sequence> sequences =
        List.of(
            passes.sequence(passes.adapter("a_adapter", 1)),
            passes.sequence(),
            passes.sequence(
                passes.adapter("a_adapter", 0.5),
                passes.adapter("b_adapter", 1.3),
                passes.adapter("c_adapter", 0.7)));
    SplittableRandom random = new SplittableRandom(5);
    int vocabulary = checkpoint.config().vocabulary();
    List<float[]> logits = new ArrayList<>();
    for (int pass = 0; pass < 12; pass++) {
      int n = pass == 0 ? 9 : 1;
      logits.addAll(
          passes.run(
              sequences.stream()
                  .map(sequence -> new Part(sequence, tokens(random, n, vocabulary)))
                  .toArray(Part[]::new)));
    }
    // Past a page's end, and back to it by the next.
    logits.addAll(passes.run(new Part(sequences.get(2), tokens(random, 20, vocabulary))));
    return logits;
  }

  /** A prompt of several stretches of attention, in chunks that divide neither it nor a page. */
  static double longContext(Path folder) {
    Checkpoint checkpoint = Checkpoint.read(folder);
    try (Device cpu = new Bfloat16Device(Weights.STORED);
        Device cuda = CudaDevices.open(Weights.STORED, false)) {
      return worst(longContext(checkpoint, cpu), longContext(checkpoint, cuda));
    }
  }

  private static List<float[]> longContext(Checkpoint checkpoint, Device device) {
    Passes passes = new Passes(checkpoint, device, 70);
    Sequence sequence = passes.sequence(passes.adapter("a_adapter", 1));
    SplittableRandom random = new SplittableRandom(6);
    List<float[]> logits = new ArrayList<>();
    for (int n :
        IntStream.concat(IntStream.generate(() -> 67).limit(8), IntStream.of(1, 1)).toArray()) {
      logits.addAll(
          passes.run(new Part(sequence, tokens(random, n, checkpoint.config().vocabulary()))));
    }
    return logits;
  }

  static int[] tokens(SplittableRandom random, int n, int vocabulary) {
    return random.ints(n, 3, vocabulary).toArray();
  }

  /** The largest difference of a logit, as a share of the row's largest; NaN is one. */
  static double worst(List<float[]> expected, List<float[]> actual) {
    double worst = 0;
    for (int row = 0; row < expected.size(); row++) {
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < expected.get(row).length; i++) {
        largest = Math.max(largest, Math.abs(expected.get(row)[i]));
        double here = Math.abs(actual.get(row)[i] - expected.get(row)[i]);
        difference = Math.max(difference, Double.isNaN(here) ? Double.MAX_VALUE : here);
      }
      worst = Math.max(worst, difference / largest);
    }
    return worst;
  }
}
