package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.Safetensors;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.engine.Transformer.Applied;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against Hugging Face transformers and PEFT, whose logits and greedy tokens {@code
 * src/test/oracles/llama_fixtures.py} recorded in float32.
 */
class HuggingFaceParityTest {

  /** Of the largest logit at the position; float32 sums in another order stay far below. */
  private static final double TOLERANCE = 1e-4;

  private static final Path FIXTURES = Path.of("src/test/resources/inference");

  static Stream<Arguments> cases() {
    return Stream.of("llama-tied", "llama-scaled")
        .flatMap(
            model ->
                Stream.of(CpuDevices.scalar(), CpuDevices.best())
                    .flatMap(
                        device ->
                            Stream.of("base", "a_adapter", "mix")
                                .map(adapters -> Arguments.of(model, device, adapters))));
  }

  @ParameterizedTest(name = "{0} on {1}, {2}")
  @MethodSource("cases")
  void logitsAndGreedyTokens_equalTransformers(String model, Device device, String adapters)
      throws IOException {
    Path folder = FIXTURES.resolve(model);
    Transformer transformer = new Transformer(Checkpoint.read(folder), device);
    JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    Tensor logits = Safetensors.read(folder.resolve("expected.safetensors")).get(adapters);
    Transformer.Sequence sequence = new Transformer.Sequence(transformer.config());
    sequence.restart(applied(transformer, folder, adapters, expected.get("mix")));

    int vocabulary = transformer.config().vocabulary();
    JsonNode prompt = expected.get("prompt");
    float[] last = new float[0];
    for (int position = 0; position < prompt.size(); position++) {
      last = transformer.append(sequence, prompt.get(position).intValue(), true);
      assertClose(last, logits, position * vocabulary, vocabulary, position);
    }
    List<Integer> greedy = new ArrayList<>();
    for (int i = 0; i < expected.get("greedy").get(adapters).size(); i++) {
      greedy.add(argmax(last, vocabulary));
      last = transformer.append(sequence, greedy.get(i), true);
    }
    assertThat(greedy).isEqualTo(ints(expected.get("greedy").get(adapters)));
  }

  private static List<Applied> applied(
      Transformer transformer, Path folder, String adapters, JsonNode mix) {
    Map<String, Double> weights =
        switch (adapters) {
          case "base" -> Map.of();
          case "mix" ->
              Map.of(
                  "a_adapter", mix.get("a_adapter").asDouble(),
                  "b_adapter", mix.get("b_adapter").asDouble());
          default -> Map.of(adapters, 1.0);
        };
    return weights.entrySet().stream()
        .map(
            entry ->
                new Applied(
                    transformer.adapter(folder.resolve("adapters").resolve(entry.getKey())),
                    entry.getValue().floatValue()))
        .toList();
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
