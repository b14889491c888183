package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.Safetensors;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.engine.Batch.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against Hugging Face transformers and PEFT, whose logits and greedy tokens {@code
 * src/test/oracles/family_fixtures.py} recorded in float32.
 */
class HuggingFaceParityTest {

  /** Of the largest logit at the position; float32 sums in another order stay far below. */
  private static final double TOLERANCE = 1e-4;

  private static final Path FIXTURES = Path.of("src/test/resources/inference");

  private static final int CHUNK = 10;

  static Stream<Arguments> cases() throws IOException {
    try (Stream<Path> folders = Files.list(FIXTURES)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("expected.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream()
          .flatMap(
              model ->
                  Stream.of("scalar", "best")
                      .flatMap(
                          device ->
                              Stream.of("base", "a_adapter", "mix")
                                  .map(adapters -> Arguments.of(model, device, adapters))));
    }
  }

  /** The prompt in chunks that do not divide it, then one token after the other. */
  @ParameterizedTest(name = "{0} on {1}, {2}")
  @MethodSource("cases")
  void logitsAndGreedyTokens_equalTransformers(String model, String deviceName, String adapters)
      throws IOException {
    Path folder = FIXTURES.resolve(model);
    JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    Tensor logits = Safetensors.read(folder.resolve("expected.safetensors")).get(adapters);
    Checkpoint checkpoint = Checkpoint.read(folder);
    try (Device device =
        deviceName.equals("scalar")
            ? CpuDevices.scalar(Weights.STORED)
            : CpuDevices.best(Weights.STORED)) {
      Run run =
          new Run(
              checkpoint,
              device,
              applied(checkpoint, device, folder, adapters, expected.get("mix")));
      int vocabulary = checkpoint.config().vocabulary();
      int[] prompt = ints(expected.get("prompt")).stream().mapToInt(Integer::intValue).toArray();
      float[] last = new float[vocabulary];
      for (int from = 0; from < prompt.length; from += CHUNK) {
        int to = Math.min(prompt.length, from + CHUNK);
        Device.Buffer rows = run.append(Arrays.copyOfRange(prompt, from, to));
        for (int position = from; position < to; position++) {
          device.read(rows, position - from, last);
          assertClose(last, logits, position * vocabulary, vocabulary, position);
        }
      }
      List<Integer> greedy = new ArrayList<>();
      int next = argmax(last, vocabulary);
      for (int i = 0; i < expected.get("greedy").get(adapters).size(); i++) {
        greedy.add(next);
        next = device.argmax(run.append(next), 0);
      }
      assertThat(greedy).isEqualTo(ints(expected.get("greedy").get(adapters)));
    }
  }

  private static Applied[] applied(
      Checkpoint checkpoint, Device device, Path folder, String adapters, JsonNode mix) {
    List<Map.Entry<String, Double>> weights = new ArrayList<>();
    if (adapters.equals("mix")) {
      mix.fields()
          .forEachRemaining(
              entry -> weights.add(Map.entry(entry.getKey(), entry.getValue().asDouble())));
    } else if (!adapters.equals("base")) {
      weights.add(Map.entry(adapters, 1.0));
    }
    return weights.stream()
        .map(
            entry ->
                new Applied(
                    LoraAdapter.read(
                        folder.resolve("adapters").resolve(entry.getKey()),
                        checkpoint.config(),
                        device),
                    entry.getValue().floatValue()))
        .toArray(Applied[]::new);
  }

  /** One sequence on pages of its own, which do not lie in order. */
  private static final class Run {
    private final Transformer transformer;
    private final Device.Cache cache;
    private final Batch batch = Batch.of(CHUNK);
    private final Applied[] adapters;
    private final int[] pages;
    private int length;

    Run(Checkpoint checkpoint, Device device, Applied[] adapters) {
      this.transformer = new Transformer(checkpoint, device, CHUNK, CHUNK);
      this.cache = transformer.cache(Long.MAX_VALUE, 1);
      this.adapters = adapters;
      this.pages = IntStream.range(0, cache.pages()).map(i -> cache.pages() - 1 - i).toArray();
    }

    /** The logits of every token. */
    Device.Buffer append(int... tokens) {
      batch.clear();
      for (int token : tokens) {
        batch.add(token, length++, pages, adapters, true);
      }
      return transformer.forward(batch, cache);
    }
  }

  private static void assertClose(float[] actual, Tensor expected, int from, int n, int position) {
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(expected.at(from + i)));
    }
    assertThat(largest).as("a model that says something").isGreaterThan(0.1);
    for (int i = 0; i < n; i++) {
      double error = Math.abs(actual[i] - expected.at(from + i));
      assertThat(error <= TOLERANCE * largest)
          .as("position %d, token %d: %s for %s", position, i, actual[i], expected.at(from + i))
          .isTrue();
    }
  }

  private static int argmax(float[] values, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> ints = new ArrayList<>();
    array.forEach(node -> ints.add(node.intValue()));
    return ints;
  }
}
