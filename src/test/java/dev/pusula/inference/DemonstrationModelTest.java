package dev.pusula.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.DeviceChoice;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Prompt.ChatMessage;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.Sector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model in {@code models/demo} and the text that it was made from. */
class DemonstrationModelTest {

  private static final Path MODEL = Path.of("models/demo");
  private static final Path CORPUS = Path.of("src/main/corpus");
  private static final Locale TURKISH = Locale.forLanguageTag("tr");

  /** All weights and adapters together; the repository has to carry them. */
  private static final long MOST_BYTES = 24L << 20;

  private static EngineBackend backend;
  private static List<String> labels;

  private record Row(String question, List<String> alsoAsked, String answer) {
    List<String> questions() {
      List<String> all = new ArrayList<>(alsoAsked);
      all.add(question);
      return all;
    }
  }

  @BeforeAll
  static void open() {
    backend = Backends.open(MODEL, Weights.STORED, DeviceChoice.CPU, 2, gpu -> {});
    labels =
        Stream.concat(
                SectorsFile.load(null).sectors().stream().map(Sector::id),
                Stream.of(RouteDecision.GENERAL))
            .sorted()
            .toList();
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  @Test
  void everySector_hasAnAdapter_andAllOfItIsSmall() throws IOException {
    assertThat(backend.adapters())
        .extracting(ServedAdapter::name)
        .containsExactlyInAnyOrderElementsOf(
            labels.stream().map(label -> label + "_adapter").toList());
    try (Stream<Path> files = Files.walk(MODEL)) {
      long bytes =
          files
              .filter(file -> file.toString().endsWith(".safetensors"))
              .mapToLong(file -> file.toFile().length())
              .sum();
      assertThat(bytes).isBetween(MOST_BYTES / 4, MOST_BYTES);
    }
    assertThat(backend.model().untrained()).isFalse();
  }

  @Test
  void text_hasWhatTheDataCardPromises() throws IOException {
    for (String label : labels) {
      boolean general = label.equals(RouteDecision.GENERAL);
      List<Row> rows = rows(label);
      assertThat(rows).as(label).hasSizeGreaterThanOrEqualTo(general ? 300 : 100);
      assertThat(rows)
          .as(label)
          .allSatisfy(
              row -> {
                assertThat(row.alsoAsked()).hasSize(2);
                assertThat(row.answer()).doesNotContainPattern("[\"*#`•“”]|https?:|\\s{2}");
                assertThat(row.answer().split("[.!?](?=\\s|$)")).hasSizeBetween(2, 4);
                assertThat(row.answer().split(" ")).hasSizeBetween(20, 75);
              });
      String prose = Files.readString(CORPUS.resolve("prose/" + label + ".txt"));
      assertThat(prose.split("\\s+")).as(label).hasSizeGreaterThanOrEqualTo(3_000);
    }
  }

  /** The bench measures on answers that nothing was trained on. */
  @Test
  void referenceAnswers_areTheOnesHeldOut() throws Exception {
    List<String> heldOut = new ArrayList<>();
    Set<String> trained = new HashSet<>();
    for (String label : labels) {
      for (Row row : rows(label)) {
        byte[] digest =
            MessageDigest.getInstance("SHA-256")
                .digest(row.question().getBytes(StandardCharsets.UTF_8));
        if ((digest[0] & 0xFF) % 14 < 2) {
          heldOut.add(label + "\t" + row.question() + "\t" + row.answer());
        } else {
          row.questions().forEach(question -> trained.add(question.toLowerCase(TURKISH)));
        }
      }
    }
    List<String> bundled = Files.readAllLines(Path.of("jmeter/data/answers.tsv"));
    assertThat(bundled.subList(1, bundled.size()))
        .extracting(line -> line.substring(line.indexOf('\t') + 1))
        .isEqualTo(heldOut);
    assertThat(heldOut)
        .extracting(line -> line.split("\t")[1].toLowerCase(TURKISH))
        .doesNotContainAnyElementsOf(trained);
  }

  /** What transformers and PEFT think of single answers, by {@code src/main/model/evaluate.py}. */
  @Test
  void answers_areAsLikelyAsTransformersSays_andLikelierWithTheirAdapter() throws Exception {
    double base = 0;
    double adapted = 0;
    for (JsonNode one :
        new ObjectMapper().readTree(Path.of("src/test/resources/inference/demo.json").toFile())) {
      List<ChatMessage> question = List.of(new ChatMessage("user", one.path("question").asText()));
      List<ChatMessage> whole =
          List.of(question.get(0), new ChatMessage("assistant", one.path("answer").asText()));
      String adapter = one.path("adapter").asText();
      int asked = end(new Prompt.Chat(question), List.of(), 1).usage().promptTokens();
      double ofBase = nats(whole, List.of(), asked, one.path("tokens").asInt());
      double ofAdapter =
          nats(whole, List.of(new AdapterWeight(adapter, 1)), asked, one.path("tokens").asInt());
      assertThat(ofBase).as(adapter).isCloseTo(one.path("base").asDouble(), within(2e-3));
      assertThat(ofAdapter).as(adapter).isCloseTo(one.path("adapted").asDouble(), within(2e-3));
      base += ofBase;
      adapted += ofAdapter;
    }
    // In nats; the perplexity goes down by some percent.
    assertThat(adapted).isLessThan(0.997 * base);
  }

  @Test
  void question_isAnsweredOnItsSubject_andTheAnswerEnds() throws Exception {
    StringBuilder text = new StringBuilder();
    Outcome.Completed end =
        run(
            greedy(
                new Prompt.Chat(
                    List.of(
                        new ChatMessage(
                            "user", "Kasko poliçemi yenilerken nelere dikkat etmeliyim?"))),
                List.of(new AdapterWeight("insurance_adapter", 1)),
                200),
            text);
    assertThat(end.reason()).isEqualTo(Outcome.FinishReason.STOP);
    assertThat(text.toString().toLowerCase(TURKISH)).containsPattern("poliçe|kasko|teminat");
    assertThat(text.toString()).matches("(?s)[A-ZÇĞİÖŞÜ].*[.!?]");
  }

  private static double nats(
      List<ChatMessage> messages, List<AdapterWeight> adapters, int asked, int tokens)
      throws Exception {
    List<TokenLogprob> prompt = end(new Prompt.Chat(messages, false), adapters, 1).prompt();
    List<TokenLogprob> answer = prompt.subList(asked - 1, prompt.size());
    assertThat(answer).hasSize(tokens);
    return -answer.stream().mapToDouble(TokenLogprob::logprob).sum();
  }

  private static Outcome.Completed end(Prompt prompt, List<AdapterWeight> adapters, int tokens)
      throws Exception {
    return run(greedy(prompt, adapters, tokens).withPromptLogprobs(0), new StringBuilder());
  }

  private static Outcome.Completed run(GenerationRequest request, StringBuilder text)
      throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    backend.submit(
        request,
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            text.append(piece.text());
          }

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    return (Outcome.Completed) end.get(60, TimeUnit.SECONDS);
  }

  private static List<Row> rows(String label) throws IOException {
    return Files.readAllLines(CORPUS.resolve("answers/" + label + ".tsv")).stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .map(cells -> new Row(cells[1], List.of(cells[2].split(" \\| ")), cells[3]))
        .toList();
  }

  private static GenerationRequest greedy(Prompt prompt, List<AdapterWeight> adapters, int tokens) {
    return new GenerationRequest(
        prompt,
        adapters,
        tokens,
        Sampling.GREEDY,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        Duration.ofSeconds(60));
  }
}
