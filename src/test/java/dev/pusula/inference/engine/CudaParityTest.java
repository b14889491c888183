package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.cpu.Bfloat16Device;
import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.cuda.StandIn;
import dev.pusula.inference.engine.Passes.Part;
import dev.pusula.inference.engine.Passes.Sequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CUDA device beside the CPU's reference, on the stand-in driver. */
class CudaParityTest {

  @TempDir private Path home;

  @BeforeAll
  static void standIn() {
    StandIn.require();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-tied",
        "llama-scaled",
        "llama-rope-yarn",
        "gemma2",
        "gemma3",
        "qwen2",
        "qwen3",
        "mistral"
      })
  void everyFamily_withMixedAdapters_isTheReference(String model) {
    assertThat(CudaCheck.mixed(CudaCheck.FIXTURES.resolve(model), Weights.STORED))
        .isLessThan(CudaCheck.TOLERANCE);
  }

  @Test
  void int8_isTheReference() {
    assertThat(CudaCheck.mixed(CudaCheck.FIXTURES.resolve("llama-tied"), Weights.INT8))
        .isLessThan(CudaCheck.TOLERANCE);
  }

  @Test
  void longContext_isTheReference() throws IOException {
    Path folder = CudaCheck.synthetic(home.resolve("long"), 32, 48, 4, 2, 600);
    assertThat(CudaCheck.longContext(folder)).isLessThan(CudaCheck.TOLERANCE);
  }

  /** Sizes that no tile divides, and every number of rows at which another kernel takes over. */
  @ParameterizedTest
  @CsvSource({"40, 56, 5, 1", "72, 200, 3, 3", "136, 24, 1, 1", "64, 520, 8, 1"})
  void hostileSizes_areTheReference(int hidden, int intermediate, int heads, int kvHeads)
      throws IOException {
    Path folder =
        CudaCheck.synthetic(home.resolve("odd"), hidden, intermediate, heads, kvHeads, 64);
    Checkpoint checkpoint = Checkpoint.read(folder);
    try (Device cpu = new Bfloat16Device(Weights.STORED);
        Device cuda = CudaDevices.open(Weights.STORED, false)) {
      assertThat(CudaCheck.worst(manyRows(checkpoint, cpu), manyRows(checkpoint, cuda)))
          .isLessThan(CudaCheck.TOLERANCE);
    }
  }

  private static List<float[]> manyRows(Checkpoint checkpoint, Device device) {
    Passes passes = new Passes(checkpoint, device, 70);
    List<Sequence> sequences = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(8);
    List<float[]> logits = new ArrayList<>();
    for (int rows : new int[] {1, 8, 9, 17, 33, 64, 65}) {
      while (sequences.size() < rows) {
        sequences.add(
            sequences.size() % 3 == 0
                ? passes.sequence()
                : passes.sequence(passes.adapter("a_adapter", 1)));
      }
      logits.addAll(
          passes.run(
              sequences.stream()
                  .map(s -> new Part(s, random.nextInt(3, checkpoint.config().vocabulary())))
                  .toArray(Part[]::new)));
    }
    return logits;
  }

  /** Bit for bit: it is what makes an answer the same alone and in a crowd. */
  @Test
  void everyRow_isTheSameAlone_andInAnyBatch() {
    Checkpoint checkpoint = Checkpoint.read(CudaCheck.FIXTURES.resolve("llama-tied"));
    try (Device device = CudaDevices.open(Weights.STORED, false)) {
      List<float[]> together = crowd(checkpoint, device, true);
      List<float[]> alone = crowd(checkpoint, device, false);
      assertThat(together).hasSameSizeAs(alone);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(together.get(i)).as("row %d", i).isEqualTo(alone.get(i));
      }
    }
  }

  /** The second time that a shape comes up it is recorded, and replayed from then on. */
  @Test
  void graphs_areBitForBitEager() {
    Checkpoint checkpoint = Checkpoint.read(CudaCheck.FIXTURES.resolve("gemma3"));
    List<float[]> eager;
    try (Device device = CudaDevices.open(Weights.STORED, false)) {
      eager = CudaCheck.mixed(checkpoint, device);
    }
    try (Device device = CudaDevices.open(Weights.STORED, true)) {
      List<float[]> recorded = CudaCheck.mixed(checkpoint, device);
      for (int i = 0; i < eager.size(); i++) {
        assertThat(recorded.get(i)).as("row %d", i).isEqualTo(eager.get(i));
      }
    }
  }

  /** Five sequences, row for row: all in each pass, or each to its end by itself. */
  private static List<float[]> crowd(Checkpoint checkpoint, Device device, boolean together) {
    Passes passes = new Passes(checkpoint, device, 70);
    SplittableRandom random = new SplittableRandom(9);
    List<Sequence> sequences = new ArrayList<>();
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sequences.add(
          i % 2 == 0
              ? passes.sequence(passes.adapter("b_adapter", 1), passes.adapter("c_adapter", 0.4))
              : passes.sequence());
      tokens.add(CudaCheck.tokens(random, 4 + 5 * i, checkpoint.config().vocabulary()));
    }
    if (together) {
      Part[] parts = new Part[5];
      for (int i = 0; i < 5; i++) {
        parts[i] = new Part(sequences.get(i), tokens.get(i));
      }
      return passes.run(parts);
    }
    List<float[]> logits = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      for (int token : tokens.get(i)) {
        logits.addAll(passes.run(new Part(sequences.get(i), token)));
      }
    }
    return logits;
  }
}
