package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.control.ChatTemplate;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Prompt.ChatMessage;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A real checkpoint against what transformers said in float32, recorded by {@code
 * src/test/oracles/real_reference.py}. No checkpoint lies in the repository: give {@code
 * -Dpusula.reference=FOLDER} with {@code FOLDER-reference.json} beside it.
 */
class ReferenceModelTest {

  /** Closer than this to the second, the largest logit may change with the order of a sum. */
  private static final double NEAR_TIE = 1e-3;

  @Test
  void realModel_saysWhatTransformersSays() throws Exception {
    String given = System.getProperty("pusula.reference");
    assumeThat(given).as("no -Dpusula.reference=FOLDER was given").isNotNull();
    Path folder = Path.of(String.valueOf(given));
    JsonNode cases = new ObjectMapper().readTree(Path.of(folder + "-reference.json").toFile());
    Checkpoint checkpoint = Checkpoint.read(folder);
    int tokens = 0;
    List<String> ties = new ArrayList<>();
    try (EngineBackend backend =
        new EngineBackend(
            folder,
            CpuDevices.best(Weights.STORED),
            ChatTemplate.of(folder, Clocks.WALL)::render,
            Capacity.ofMachine(),
            System::nanoTime)) {
      for (JsonNode one : cases) {
        assertThat(checkpoint.tokenizer().encode(prompt(folder, one), !one.has("messages")))
            .isEqualTo(ints(one.path("ids")).stream().mapToInt(Integer::intValue).toArray());
        List<Integer> expected = ints(one.path("greedy"));
        List<Integer> said = generate(backend, ints(one.path("ids")), expected.size());
        int same = 0;
        while (same < expected.size() && expected.get(same).equals(said.get(same))) {
          same++;
        }
        tokens += same;
        if (same < expected.size()) {
          assertThat(one.path("gaps").get(same).asDouble())
              .as("the gap at token %d of %s", same, one.path("text"))
              .isLessThan(NEAR_TIE);
          ties.add(one.path("text").asText());
        }
      }
    }
    System.getLogger(ReferenceModelTest.class.getName())
        .log(
            System.Logger.Level.INFO,
            "{0}: {1} prompts, {2} tokens equal, {3} answers parted at a near tie",
            folder.getFileName(),
            cases.size(),
            tokens,
            ties.size());
  }

  private static String prompt(Path folder, JsonNode one) {
    if (!one.has("messages")) {
      return one.path("text").asText();
    }
    List<ChatMessage> messages = new ArrayList<>();
    one.path("messages")
        .forEach(
            message ->
                messages.add(
                    new ChatMessage(
                        message.path("role").asText(), message.path("content").asText())));
    Optional<String> rendered =
        ChatTemplate.of(folder, Clocks.WALL).render(new Prompt.Chat(messages));
    assertThat(rendered).contains(one.path("text").asText());
    return rendered.orElseThrow();
  }

  private static List<Integer> generate(EngineBackend backend, List<Integer> ids, int n)
      throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    List<Integer> said = new ArrayList<>();
    backend.submit(
        new GenerationRequest(
                new Prompt.Tokens(ids),
                List.of(),
                n,
                Sampling.GREEDY,
                List.of(),
                0,
                Duration.ofMinutes(10))
            .ignoringEnd(),
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            piece.logprobs().stream().map(TokenLogprob::id).forEach(said::add);
          }

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    assertThat(end.get(10, TimeUnit.MINUTES)).isInstanceOf(Outcome.Completed.class);
    return said;
  }

  private static List<Integer> ints(JsonNode array) throws IOException {
    List<Integer> ints = new ArrayList<>();
    array.forEach(node -> ints.add(node.intValue()));
    return ints;
  }
}
