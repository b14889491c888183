package dev.pusula.completion.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.completion.ScriptedBackend;
import dev.pusula.completion.control.AnswerLease;
import dev.pusula.completion.control.Attribution;
import dev.pusula.completion.control.LiveAnswer;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.Fault;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Outcome.Timings;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class CompletionAnswerTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final CompletionShape CHAT = new CompletionShape.Chat("id", 7, "auto", true);
  private static final CompletionShape TEXT =
      new CompletionShape.Text("id", 7, "base", false, List.of());

  private final ScriptedBackend backend = new ScriptedBackend();

  @Test
  void whole_ofTwoChoices_keepsThemApartAndCountsThePromptOnce() {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "Kas");
    text(1, "Tra");
    text(0, "ko");
    end(1, FinishReason.STOP, 1);
    end(0, FinishReason.LENGTH, 2);
    CompletionAnswer answer = answer(live, 2, CHAT);
    JsonNode whole = json(answer.whole());
    assertThat(whole.path("object").asText()).isEqualTo("chat.completion");
    assertThat(whole.path("choices").findValuesAsText("index")).containsExactly("0", "1");
    assertThat(whole.path("choices").findValuesAsText("content")).containsExactly("Kasko", "Tra");
    assertThat(whole.path("choices").findValuesAsText("finish_reason"))
        .containsExactly("length", "stop");
    assertThat(whole.at("/choices/0/logprobs").isNull()).isTrue();
    assertThat(whole.path("usage"))
        .hasToString(
            "{\"prompt_tokens\":10,\"completion_tokens\":3,\"total_tokens\":13,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":4}}");
    assertThat(answer.longest(Timings::decode)).isEqualTo(Duration.ofMillis(2));
  }

  @Test
  void whole_ofTwoPrompts_countsBoth() {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    end(0, FinishReason.STOP, 0);
    end(1, FinishReason.STOP, 0);
    JsonNode whole = json(answer(live, 1, TEXT).whole());
    assertThat(whole.at("/usage/prompt_tokens").asInt()).isEqualTo(20);
    assertThat(whole.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(8);
  }

  @Test
  void stream_ofTwoChoices_interleavesThemWithTheirIndex() throws Exception {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(1, "T");
    text(0, "K");
    text(1, "r");
    end(1, FinishReason.STOP, 2);
    end(0, FinishReason.LENGTH, 1);
    List<String> events = stream(answer(live, 2, CHAT), true);
    List<JsonNode> chunks = chunks(events);
    assertThat(events).last().isEqualTo("[DONE]");
    assertThat(chunks)
        .extracting(chunk -> chunk.at("/choices/0/index").asText("-"))
        .containsExactly("0", "1", "1", "0", "1", "1", "0", "-");
    assertThat(chunks)
        .extracting(chunk -> chunk.at("/choices/0/delta").toString())
        .startsWith(
            "{\"role\":\"assistant\",\"content\":\"\"}",
            "{\"role\":\"assistant\",\"content\":\"\"}",
            "{\"content\":\"T\"}",
            "{\"content\":\"K\"}");
    assertThat(chunks.get(5).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(chunks.get(5).at("/choices/0/delta")).isEmpty();
    assertThat(chunks.subList(0, 7))
        .allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
    assertThat(chunks.get(7).path("choices")).isEmpty();
    assertThat(chunks.get(7).at("/usage/total_tokens").asInt()).isEqualTo(13);
  }

  @Test
  void stream_withoutUsage_hasNoSuchField() throws Exception {
    LiveAnswer live = begin(1, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    end(0, FinishReason.STOP, 1);
    assertThat(chunks(stream(answer(live, 1, TEXT), false)))
        .hasSize(2)
        .allSatisfy(chunk -> assertThat(chunk.has("usage")).isFalse());
  }

  @Test
  void logprobs_ofAChat_tellTokensWithinACharacterApart() {
    LiveAnswer live = begin(1, 1);
    backend.listeners.get(0).text(new Piece("", 1, List.of(token(-0.5, 0xC5, token(-0.25, 'a')))));
    backend.listeners.get(0).text(new Piece("ş", 1, List.of(token(-1, 0x9F))));
    end(0, FinishReason.STOP, 2);
    JsonNode content = json(answer(live, 1, CHAT).whole()).at("/choices/0/logprobs/content");
    assertThat(content)
        .hasToString(
            "[{\"token\":\"\\\\xc5\",\"logprob\":-0.5,\"bytes\":[197],"
                + "\"top_logprobs\":[{\"token\":\"a\",\"logprob\":-0.25,\"bytes\":[97]}]},"
                + "{\"token\":\"\\\\x9f\",\"logprob\":-1.0,\"bytes\":[159],\"top_logprobs\":[]}]");
  }

  @Test
  void promptLogprobs_areToldAsVllmDoes_theFirstTokenHavingNone() {
    LiveAnswer live = begin(1, GenerationRequest.NO_LOGPROBS, 1);
    Outcome.Completed plain = ScriptedBackend.completed(FinishReason.LENGTH, 1);
    TokenLogprob likelier = new TokenLogprob(9, new byte[] {'a'}, -0.25, List.of());
    backend
        .listeners
        .get(0)
        .ended(
            new Outcome.Completed(
                plain.reason(),
                plain.usage(),
                plain.timings(),
                List.of(token(-0.5, 'b', likelier), token(-2, 'c'))));
    assertThat(json(answer(live, 1, CHAT).whole()).path("prompt_logprobs"))
        .hasToString(
            "[null,{\"3\":{\"logprob\":-0.5,\"decoded_token\":\"b\"},\"9\":{\"logprob\":-0.25,\"decoded_token\":\"a\"}},"
                + "{\"3\":{\"logprob\":-2.0,\"decoded_token\":\"c\"}}]");
  }

  @Test
  void promptLogprobs_notAskedFor_areNoField() {
    LiveAnswer live = begin(1, GenerationRequest.NO_LOGPROBS);
    end(0, FinishReason.STOP, 1);
    assertThat(json(answer(live, 1, CHAT).whole()).has("prompt_logprobs")).isFalse();
  }

  @Test
  void logprobs_ofATextStream_goOnCountingTheOffset() throws Exception {
    LiveAnswer live = begin(1, 1);
    backend
        .listeners
        .get(0)
        .text(new Piece("aş", 2, List.of(token(-1, 'a'), token(-2, 0xC5), token(-3, 0x9F))));
    backend.listeners.get(0).text(new Piece("b", 1, List.of(token(-4, 'b', token(-0.125, 'c')))));
    end(0, FinishReason.STOP, 4);
    List<JsonNode> chunks = chunks(stream(answer(live, 1, TEXT), false));
    assertThat(chunks.get(0).at("/choices/0/logprobs"))
        .hasToString(
            "{\"tokens\":[\"a\",\"bytes:\\\\xc5\",\"bytes:\\\\x9f\"],"
                + "\"token_logprobs\":[-1.0,-2.0,-3.0],\"top_logprobs\":null,\"text_offset\":[0,1,2]}");
    assertThat(chunks.get(1).at("/choices/0/logprobs"))
        .hasToString(
            "{\"tokens\":[\"b\"],\"token_logprobs\":[-4.0],"
                + "\"top_logprobs\":[{\"c\":-0.125,\"b\":-4.0}],\"text_offset\":[2]}");
    assertThat(chunks.get(2).at("/choices/0/logprobs").isNull()).isTrue();
  }

  @Test
  void echo_standsBeforeEachChoice() {
    CompletionShape echoing =
        new CompletionShape.Text("id", 7, "base", false, List.of("Bir ", "Bir "));
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "iki");
    text(1, "üç");
    end(0, FinishReason.STOP, 1);
    end(1, FinishReason.STOP, 1);
    assertThat(json(answer(live, 2, echoing).whole()).path("choices").findValuesAsText("text"))
        .containsExactly("Bir iki", "Bir üç");
  }

  @Test
  void echo_inAStream_comesBeforeEachChoice() throws Exception {
    CompletionShape echoing =
        new CompletionShape.Text("id", 7, "base", false, List.of("Bir ", "Bir "));
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    end(0, FinishReason.STOP, 1);
    end(1, FinishReason.STOP, 1);
    assertThat(chunks(stream(answer(live, 2, echoing), false)))
        .extracting(chunk -> chunk.at("/choices/0/text").asText())
        .containsExactly("Bir ", "Bir ", "", "");
  }

  @ParameterizedTest
  @CsvSource({
    "VALUE, 400, messages, ",
    "CONTEXT_LENGTH, 400, messages, context_length_exceeded",
    "NO_SUCH_MODEL, 404, model, model_not_found"
  })
  void invalid_isToldInOpenAisWords(Fault fault, int status, String param, String code) {
    LiveAnswer live = begin(1, GenerationRequest.NO_LOGPROBS);
    backend.listeners.get(0).ended(new Outcome.Invalid(fault, param, "no"));
    assertThatThrownBy(() -> answer(live, 1, CHAT))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              Problem problem = thrown.problem();
              assertThat(problem.status()).isEqualTo(status);
              OpenAiErrorResponse.Error error = OpenAiErrorResponse.of(problem).error();
              assertThat(error.type()).isEqualTo("invalid_request_error");
              assertThat(error.param()).isEqualTo(param);
              assertThat(error.code()).isEqualTo(code);
            });
  }

  @Test
  void refused_isUnavailableWithATime() {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    backend.listeners.get(1).ended(new Outcome.Refused("full", Duration.ofSeconds(3)));
    assertThatThrownBy(() -> answer(live, 2, CHAT))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().status()).isEqualTo(503);
              assertThat(thrown.retryAfter()).isEqualTo(Duration.ofSeconds(3));
              assertThat(OpenAiErrorResponse.of(thrown.problem()).error().type())
                  .isEqualTo("server_error");
            });
    assertThat(backend.cancelled).contains(0);
  }

  @Test
  void whole_ofWhichOneChoiceFails_failsAndCancelsTheOthers() {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    CompletionAnswer answer = answer(live, 2, CHAT);
    backend.listeners.get(1).ended(new Outcome.TimedOut());
    assertThatThrownBy(answer::whole)
        .isInstanceOfSatisfying(
            ProblemException.class, thrown -> assertThat(thrown.problem().status()).isEqualTo(504));
    assertThat(backend.cancelled).contains(0);
  }

  @Test
  void stream_thatFails_endsWithTheErrorAndNoDone() throws Exception {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    CompletionAnswer answer = answer(live, 2, CHAT);
    backend.listeners.get(1).ended(new Outcome.Failed("the engine failed"));
    List<String> events = stream(answer, true);
    assertThat(Json.mapper().readTree(events.get(events.size() - 1)))
        .hasToString(
            "{\"error\":{\"message\":\"the engine failed\",\"type\":\"server_error\","
                + "\"param\":null,\"code\":null}}");
    assertThat(events).doesNotContain("[DONE]");
    assertThat(backend.cancelled).contains(0);
  }

  @Test
  void stream_toAClientThatHasGone_cancelsEveryChoiceAtTheNextHeartbeat() throws Exception {
    LiveAnswer live = begin(2, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    CompletionAnswer answer = answer(live, 2, CHAT);
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("closed");
          }

          @Override
          public void write(byte[] bytes) throws IOException {
            if (new String(bytes, StandardCharsets.UTF_8).startsWith(":")) {
              throw new IOException("closed");
            }
          }
        };
    assertThatThrownBy(() -> answer.stream(gone, true, Duration.ofMillis(20)))
        .isInstanceOf(IOException.class);
    assertThat(backend.cancelled).containsExactly(0, 1);
  }

  @Test
  void stream_ofASlowBackend_carriesCommentsThatAreNoEvents() throws Exception {
    LiveAnswer live = begin(1, GenerationRequest.NO_LOGPROBS);
    text(0, "K");
    CompletionAnswer answer = answer(live, 1, CHAT);
    CountDownLatch silent = new CountDownLatch(2);
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void write(byte[] bytes) {
            super.writeBytes(bytes);
            if (bytes[0] == ':') {
              silent.countDown();
            }
          }
        };
    Thread later =
        new Thread(
            () -> {
              try {
                assertThat(silent.await(10, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              end(0, FinishReason.STOP, 1);
            });
    later.start();
    answer.stream(out, false, Duration.ofMillis(10));
    later.join();
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("\n\n: keep-alive\n\n: keep-alive\n\n").endsWith("data: [DONE]\n\n");
  }

  private LiveAnswer begin(int choices, int topLogprobs) {
    return begin(choices, topLogprobs, GenerationRequest.NO_LOGPROBS);
  }

  private LiveAnswer begin(int choices, int topLogprobs, int promptLogprobs) {
    GenerationRequest request =
        new GenerationRequest(
                new Prompt.Text("x"), List.of(), 8, Sampling.GREEDY, List.of(), topLogprobs, LONG)
            .withPromptLogprobs(promptLogprobs);
    return LiveAnswer.begin(
        backend,
        Collections.nCopies(choices, request),
        new AnswerLease(new Attribution(null, null, List.of(), null), List.of()));
  }

  private CompletionAnswer answer(LiveAnswer live, int choicesPerPrompt, CompletionShape shape) {
    return new CompletionAnswer(live, backend.requests, choicesPerPrompt, shape);
  }

  private void text(int choice, String text) {
    backend.listeners.get(choice).text(Piece.of(text, 1));
  }

  private void end(int choice, FinishReason reason, int tokens) {
    backend.listeners.get(choice).ended(ScriptedBackend.completed(reason, tokens));
  }

  private static TokenLogprob token(double logprob, int oneByte, TokenLogprob... top) {
    return new TokenLogprob(3, new byte[] {(byte) oneByte}, logprob, Arrays.asList(top));
  }

  private static JsonNode json(Object body) {
    return Json.mapper().valueToTree(body);
  }

  private static List<String> stream(CompletionAnswer answer, boolean usageWanted)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.stream(out, usageWanted, LONG);
    List<String> events = new ArrayList<>();
    for (String event : out.toString(StandardCharsets.UTF_8).split("\n\n")) {
      assertThat(event).startsWith("data: ");
      events.add(event.substring("data: ".length()));
    }
    return events;
  }

  private static List<JsonNode> chunks(List<String> events) throws IOException {
    List<JsonNode> chunks = new ArrayList<>();
    for (String event : events.subList(0, events.size() - 1)) {
      chunks.add(Json.mapper().readTree(event));
    }
    return chunks;
  }
}
