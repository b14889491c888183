package dev.pusula.inference.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.balancing.LoadBalancing;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.control.RecordedAnswer;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.inference.entity.Usage;
import dev.pusula.inference.remote.FakeServer.Request;
import dev.pusula.inference.remote.FakeServer.Script;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteBackendTest {

  private static final Prompt CHAT =
      new Prompt.Chat(
          List.of(
              new Prompt.ChatMessage("system", "Kısa yaz."),
              new Prompt.ChatMessage("user", "Kasko nedir?")));
  private static final Prompt TEXT = new Prompt.Text("kredi faizi");

  private final List<FakeServer> servers = new ArrayList<>();
  private RemoteBackend backend;

  @AfterEach
  void close() throws IOException {
    if (backend != null) {
      backend.close();
    }
    for (FakeServer server : servers) {
      server.close();
    }
  }

  // What is served.

  @Test
  void models_areTheBaseAndItsAdapters() throws Exception {
    FakeServer server = server();
    open();
    assertThat(backend.model().id()).isEqualTo(FakeServer.BASE);
    assertThat(backend.model().contextLength()).isEqualTo(4096);
    assertThat(backend.model().precision()).isEqualTo("remote");
    assertThat(backend.model().untrained()).isFalse();
    assertThat(backend.model().fingerprint()).hasSize(16);
    assertThat(backend.adapters())
        .extracting(ServedAdapter::name)
        .containsExactly("a_adapter", "b_adapter");
    assertThat(backend.adapters().get(0).fingerprint())
        .hasSize(16)
        .isNotEqualTo(backend.adapters().get(1).fingerprint());
    assertThat(server.others.get(0).headers()).doesNotContainKey("authorization");
  }

  /** llama-server and older SGLang tell nothing of parents: what is not the base is an adapter. */
  @Test
  void serverWithoutParents_hasItsFirstAsBase_orTheOneThatIsNamed() throws Exception {
    server().models =
        (request, reply) ->
            reply.status(
                200, "{\"data\":[{\"id\":\"x\"},{\"id\":\"y\",\"meta\":{\"n_ctx_train\":512}}]}");
    open();
    assertThat(backend.model().id()).isEqualTo("x");
    assertThat(backend.model().contextLength()).isEqualTo(131_072);
    assertThat(backend.adapters()).extracting(ServedAdapter::name).containsExactly("y");
    backend.close();
    open("y", null, LoadBalancing.ROUND_ROBIN, 1024);
    assertThat(backend.model().id()).isEqualTo("y");
    assertThat(backend.model().contextLength()).isEqualTo(512);
    assertThat(backend.adapters()).extracting(ServedAdapter::name).containsExactly("x");
  }

  @Test
  void serverThatIsNotThereYet_isFoundLater() throws Exception {
    FakeServer gone = new FakeServer();
    int port = gone.port();
    gone.close();
    backend =
        new RemoteBackend(
            RemoteSettings.of(List.of(URI.create("http://127.0.0.1:" + port + "/v1"))),
            "",
            System::nanoTime);
    assertThat(backend.health().up()).isFalse();
    assertThat(backend.health().reason()).contains("0 of 1").contains("cannot be reached");
    assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Refused.class);
    servers.add(new FakeServer(port));
    // Out of turn, since a request for an unknown adapter asks for the list again.
    await(
        () -> {
          run(request(CHAT, "a_adapter"));
          return backend.health().up();
        });
    assertThat(run(request(CHAT, "a_adapter")).outcome()).isInstanceOf(Outcome.Completed.class);
  }

  // What is sent.

  @Test
  void chat_isStreamed_withTheAdapterAsModel_andTheKey() throws Exception {
    FakeServer server = server();
    open(null, "s3cret", LoadBalancing.ROUND_ROBIN, 1024);
    RecordedAnswer answer = run(request(CHAT, "a_adapter"));
    assertThat(answer.text()).isEqualTo("k0 k1 k2 k3 ");
    assertThat(answer.breaches()).isEmpty();
    Request sent = server.completions.get(0);
    assertThat(sent.path()).isEqualTo("/v1/chat/completions");
    assertThat(sent.headers()).containsEntry("authorization", "Bearer s3cret");
    JsonNode body = sent.json();
    assertThat(body.path("model").asText()).isEqualTo("a_adapter");
    assertThat(body.path("messages").get(1).path("content").asText()).isEqualTo("Kasko nedir?");
    assertThat(body.path("stream").asBoolean()).isTrue();
    assertThat(body.path("stream_options").path("include_usage").asBoolean()).isTrue();
    assertThat(body.path("max_tokens").asInt()).isEqualTo(4);
    assertThat(names(body))
        .containsExactlyInAnyOrder(
            "model", "messages", "max_tokens", "temperature", "top_p", "stream", "stream_options");
  }

  @Test
  void textAndTokens_goToCompletions_forTheBase() throws Exception {
    FakeServer server = server();
    open();
    run(request(TEXT));
    run(request(new Prompt.Tokens(List.of(5, 6, 7))));
    assertThat(server.completions).extracting(Request::path).containsOnly("/v1/completions");
    assertThat(server.completions.get(0).json().path("prompt").asText()).isEqualTo("kredi faizi");
    assertThat(server.completions.get(1).json().path("prompt").toString()).isEqualTo("[5,6,7]");
    assertThat(server.completions.get(1).json().path("model").asText()).isEqualTo(FakeServer.BASE);
  }

  @Test
  void everyFieldOfSampling_isSentByItsName() throws Exception {
    FakeServer server = server();
    open();
    Sampling sampling =
        new Sampling(0.7, 40, 0.9, 0.05, 1.1, 0.5, -0.25, Map.of(17, -100.0), 1L << 40);
    run(
        new GenerationRequest(
            CHAT, List.of(), 4096, sampling, List.of("\n\n", "SON"), 2, Duration.ofSeconds(10)));
    JsonNode body = server.completions.get(0).json();
    assertThat(body.path("temperature").asDouble()).isEqualTo(0.7);
    assertThat(body.path("top_p").asDouble()).isEqualTo(0.9);
    assertThat(body.path("top_k").asInt()).isEqualTo(40);
    assertThat(body.path("min_p").asDouble()).isEqualTo(0.05);
    assertThat(body.path("repetition_penalty").asDouble()).isEqualTo(1.1);
    assertThat(body.path("presence_penalty").asDouble()).isEqualTo(0.5);
    assertThat(body.path("frequency_penalty").asDouble()).isEqualTo(-0.25);
    assertThat(body.path("logit_bias").path("17").asDouble()).isEqualTo(-100);
    assertThat(body.path("stop").toString()).isEqualTo("[\"\\n\\n\",\"SON\"]");
    assertThat(body.path("logprobs").asBoolean()).isTrue();
    assertThat(body.path("top_logprobs").asInt()).isEqualTo(2);
    // 2^40 ^ 2^8, in 31 bits.
    assertThat(body.path("seed").asLong()).isEqualTo(256);
    // A chat that may fill the context has no bound of its own.
    assertThat(body.has("max_tokens")).isFalse();
  }

  @Test
  void severalAdapters_orAWeight_areRefusedAsWrong() throws Exception {
    FakeServer server = server();
    open();
    assertThat(backend.adaptersPerRequest()).isEqualTo(1);
    GenerationRequest base = request(CHAT);
    List<AdapterWeight> two =
        List.of(new AdapterWeight("a_adapter", 0.6), new AdapterWeight("b_adapter", 0.4));
    for (List<AdapterWeight> wrong : List.of(two, List.of(new AdapterWeight("a_adapter", 0.5)))) {
      assertThat(run(base.with(wrong)).outcome())
          .isInstanceOfSatisfying(
              Outcome.Invalid.class,
              invalid -> assertThat(invalid.fault()).isEqualTo(Outcome.Fault.VALUE));
    }
    assertThat(server.completions).isEmpty();
  }

  // What comes back.

  @Test
  void usage_isTheServers_andStatisticsAddUp() throws Exception {
    server();
    open();
    Outcome.Completed completed = (Outcome.Completed) run(request(CHAT, "a_adapter")).outcome();
    assertThat(completed.usage()).isEqualTo(new Usage(7, 4, 3));
    // Three pauses of 2 ms; a busy client may read them as one, so only the whole is certain.
    Outcome.Timings timings = completed.timings();
    assertThat(timings.queue().plus(timings.prefill()).plus(timings.decode()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(6));
    run(request(CHAT));
    BackendStatistics statistics = backend.statistics();
    assertThat(statistics.requests()).isEqualTo(2);
    assertThat(statistics.promptTokens()).isEqualTo(8);
    assertThat(statistics.cachedTokens()).isEqualTo(6);
    assertThat(statistics.generatedTokens()).isEqualTo(8);
    assertThat(statistics.waiting() + statistics.running()).isZero();
    assertThat(statistics.byAdapter())
        .containsOnlyKeys("base", "a_adapter")
        .containsEntry("base", new BackendStatistics.AdapterShare(1, 7, 4));
    assertThat(backend.health().reason()).doesNotContain("counted by chunks");
  }

  @Test
  void answerWithoutUsage_isCountedByChunks_andTheHealthSaysSo() throws Exception {
    server().script =
        (request, reply) -> {
          reply.stream();
          reply.event(
              "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
          reply.event(FakeServer.text(request, "a", null));
          reply.event(FakeServer.text(request, "b", null));
          reply.event(FakeServer.text(request, "", "stop"));
          reply.done();
        };
    open();
    RecordedAnswer answer = run(request(CHAT));
    assertThat(answer.pieces()).containsExactly(Piece.of("a", 1), Piece.of("b", 1));
    assertThat(answer.outcome())
        .isInstanceOfSatisfying(
            Outcome.Completed.class,
            completed -> {
              assertThat(completed.usage()).isEqualTo(new Usage(0, 2, 0));
              assertThat(completed.reason()).isEqualTo(FinishReason.STOP);
            });
    assertThat(backend.health().reason()).contains("counted by chunks: 1");
  }

  /** One byte a TCP segment splits lines, events, line ends and characters in every place. */
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void bytesSplitAnywhere_giveTheSameText(String end) throws Exception {
    server().script =
        (request, reply) -> {
          reply.stream();
          String stream =
              Stream.of(
                      ": keep-alive",
                      "data: " + FakeServer.text(request, "şğ", null),
                      "",
                      "event: message",
                      "data:" + FakeServer.text(request, "€🧭", null),
                      "",
                      "data: " + FakeServer.text(request, "", "stop"),
                      "",
                      "data: " + FakeServer.usage(7, 2, 0),
                      "",
                      "data: [DONE]",
                      "")
                  .map(line -> line + end)
                  .reduce("", String::concat);
          for (byte b : stream.getBytes(StandardCharsets.UTF_8)) {
            reply.chunk(new byte[] {b});
          }
          reply.finish();
        };
    open();
    RecordedAnswer answer = run(request(CHAT));
    assertThat(answer.text()).isEqualTo("şğ€🧭");
    assertThat(answer.outcome())
        .isInstanceOfSatisfying(
            Outcome.Completed.class,
            completed -> assertThat(completed.usage()).isEqualTo(new Usage(7, 2, 0)));
  }

  @Test
  void otherChoices_areIgnored() throws Exception {
    server().script =
        (request, reply) -> {
          reply.stream();
          reply.event(
              "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"},\"finish_reason\":\"length\"}]}");
          reply.event(FakeServer.text(request, "yes", "stop"));
          reply.done();
        };
    open();
    RecordedAnswer answer = run(request(CHAT));
    assertThat(answer.text()).isEqualTo("yes");
    assertThat(((Outcome.Completed) answer.outcome()).reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void logprobsOfAChat_areRead() throws Exception {
    server().script =
        (request, reply) -> {
          reply.stream();
          reply.event(
              "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ş\"},\"finish_reason\":\"stop\",\"logprobs\":{\"content\":["
                  + "{\"token\":\"?\",\"bytes\":[197],\"logprob\":-0.5,\"top_logprobs\":[{\"token\":\"a\",\"bytes\":null,\"logprob\":-0.5}]},"
                  + "{\"token\":\"?\",\"bytes\":[159],\"logprob\":-1.5,\"top_logprobs\":[]}]}}]}");
          reply.done();
        };
    open();
    Piece piece = run(withLogprobs(CHAT)).pieces().get(0);
    assertThat(piece.tokens()).isEqualTo(2);
    assertThat(piece.logprobs()).extracting(TokenLogprob::logprob).containsExactly(-0.5, -1.5);
    assertThat(piece.logprobs().get(0).bytes()).containsExactly((byte) 197);
    assertThat(piece.logprobs().get(0).top().get(0).bytes()).containsExactly((byte) 'a');
    assertThat(piece.logprobs().get(0).id()).isEqualTo(-1);
  }

  @Test
  void logprobsOfACompletion_areRead_bestFirst() throws Exception {
    FakeServer server = server();
    server.script =
        (request, reply) -> {
          reply.stream();
          reply.event(
              "{\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":\"stop\",\"logprobs\":{\"tokens\":[\"a\"],"
                  + "\"token_logprobs\":[-0.7],\"top_logprobs\":[{\"b\":-0.9,\"a\":-0.7}]}}]}");
          reply.done();
        };
    open();
    Piece piece = run(withLogprobs(TEXT)).pieces().get(0);
    assertThat(server.completions.get(0).json().path("logprobs").asInt()).isEqualTo(2);
    assertThat(piece.logprobs()).hasSize(1);
    assertThat(piece.logprobs().get(0).top())
        .extracting(top -> new String(top.bytes(), StandardCharsets.UTF_8))
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"error\":{\"message\":\"CUDA error at /opt\",\"code\":500}}', answered 500",
    "'{\"error\":\"out of memory\"}', ended the answer with an error",
    "'{', sent an event that is not JSON",
    "'{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]', content_filter",
    "[DONE], without a reason",
  })
  void brokenEventInMidStream_fails_withoutInternals_andWithoutASecondTry(String event, String told)
      throws Exception {
    Script broken =
        (request, reply) -> {
          reply.stream();
          reply.event(FakeServer.text(request, "half", null));
          reply.event(event);
          reply.hang();
        };
    FakeServer one = server();
    FakeServer other = server();
    one.script = broken;
    other.script = broken;
    open();
    RecordedAnswer answer = run(request(CHAT));
    assertThat(answer.text()).isEqualTo("half");
    assertThat(answer.outcome())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.message()).contains(told).doesNotContain("CUDA", "memory"));
    assertThat(answer.breaches()).isEmpty();
    assertThat(one.completions.size() + other.completions.size()).isEqualTo(1);
    await(() -> one.gone.get() + other.gone.get() == 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void streamThatEndsWithoutDone_orBreaks_afterTheFirstToken_fails(boolean clean) throws Exception {
    Script dying =
        (request, reply) -> {
          reply.stream();
          reply.event(FakeServer.text(request, "half", clean ? "stop" : null));
          if (clean) {
            reply.finish();
          } else {
            // Let the client read what arrived: a reset may overtake it.
            Thread.sleep(100);
            reply.reset();
          }
        };
    FakeServer one = server();
    FakeServer other = server();
    one.script = dying;
    other.script = dying;
    open();
    RecordedAnswer answer = run(request(CHAT));
    assertThat(answer.text()).isEqualTo("half");
    assertThat(answer.outcome()).isInstanceOf(Outcome.Failed.class);
    assertThat(answer.breaches()).isEmpty();
    assertThat(one.completions.size() + other.completions.size()).isEqualTo(1);
    assertThat(backend.statistics().generatedTokens()).isEqualTo(1);
  }

  // Which replica.

  @Test
  void resetBeforeTheFirstToken_goesToAnotherReplica_andTheHealthTells() throws Exception {
    FakeServer dying = server();
    dying.script =
        (request, reply) -> {
          reply.stream();
          reply.chunk(": thinking\n\n".getBytes(StandardCharsets.UTF_8));
          reply.reset();
        };
    FakeServer well = server();
    open();
    for (int i = 0; i < 2; i++) {
      assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Completed.class);
    }
    // The second attempt takes a turn too, so that the next request begins where this one did.
    assertThat(dying.completions).hasSize(2);
    assertThat(well.completions).hasSize(2);
    assertThat(backend.health().up()).isTrue();
    assertThat(backend.health().reason())
        .contains(dying.url() + " broke the connection")
        .contains("sent on to another server: 2");
  }

  @ParameterizedTest
  @CsvSource({
    "502, true",
    "503, true",
    "504, true",
    "429, true",
    "404, true",
    "500, false",
    "400, false",
    "401, false"
  })
  void status_decidesWhetherAnotherReplicaIsTried(int status, boolean elsewhere) throws Exception {
    FakeServer failing = server();
    failing.script = (request, reply) -> reply.status(status, "{}");
    FakeServer well = server();
    open();
    List<Outcome> outcomes = List.of(run(request(CHAT)).outcome(), run(request(CHAT)).outcome());
    assertThat(failing.completions).isNotEmpty();
    assertThat(outcomes.stream().filter(Outcome.Completed.class::isInstance).count())
        .isEqualTo(elsewhere ? 2 : 1);
    assertThat(well.completions).hasSize(elsewhere ? 2 : 1);
  }

  @Test
  void replicaThatIsKilled_coolsDown_andIsFoundAgain() throws Exception {
    FakeServer killed = server();
    server();
    open();
    int port = killed.port();
    killed.kill();
    for (int i = 0; i < 8; i++) {
      assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Completed.class);
    }
    assertThat(killed.completions).isEmpty();
    assertThat(backend.health().up()).isTrue();
    assertThat(backend.health().reason())
        .contains("1 of 2 servers up")
        .contains(killed.url() + " cannot be reached and cools down")
        // Three lost attempts, then the circuit is open.
        .contains("sent on to another server: 3");
    FakeServer again = new FakeServer(port);
    servers.add(again);
    await(
        () -> {
          run(request(CHAT));
          return !again.completions.isEmpty();
        });
  }

  @Test
  void adapterOnOneReplicaOnly_isAskedThere() throws Exception {
    FakeServer one = server();
    FakeServer other = server();
    other.adapters.add("c_adapter");
    open();
    for (int i = 0; i < 4; i++) {
      assertThat(run(request(CHAT, "c_adapter")).outcome()).isInstanceOf(Outcome.Completed.class);
    }
    assertThat(one.completions).isEmpty();
    assertThat(other.completions).hasSize(4);
  }

  @Test
  void leastInFlight_sharesAmongReplicas() throws Exception {
    for (int i = 0; i < 3; i++) {
      server().script =
          (request, reply) -> {
            Thread.sleep(200);
            FakeServer.write(request, reply);
          };
    }
    open(null, null, LoadBalancing.LEAST_IN_FLIGHT, 1024);
    List<RecordedAnswer> answers =
        IntStream.range(0, 30).mapToObj(i -> submit(request(CHAT))).toList();
    answers.forEach(answer -> assertThat(answer.outcome()).isInstanceOf(Outcome.Completed.class));
    assertThat(servers).extracting(server -> server.completions.size()).containsOnly(10);
  }

  // What goes wrong.

  @Test
  void fullReplicas_refuse_withTheirRetryAfter() throws Exception {
    for (int i = 0; i < 2; i++) {
      int status = i == 0 ? 429 : 503;
      server().script = (request, reply) -> reply.status(status, "{}", "Retry-After: 7");
    }
    open();
    for (int i = 0; i < 10; i++) {
      assertThat(run(request(CHAT)).outcome())
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
    }
    assertThat(backend.statistics().refused()).isEqualTo(10);
    // Full is not broken.
    assertThat(backend.health().reason()).startsWith("2 of 2");
  }

  @Test
  void fullAndDeadReplica_refuse_becauseOneWillServeAgain() throws Exception {
    server().script = (request, reply) -> reply.status(429, "{}", "Retry-After: 3");
    server().script = (request, reply) -> reply.reset();
    open();
    for (int i = 0; i < 2; i++) {
      assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void deadReplicas_fail_thenCoolDownTogether() throws Exception {
    for (int i = 0; i < 2; i++) {
      server().script = (request, reply) -> reply.reset();
    }
    open();
    for (int i = 0; i < 3; i++) {
      assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Failed.class);
    }
    assertThat(run(request(CHAT)).outcome())
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.message()).contains("cools down"));
    assertThat(backend.health().up()).isFalse();
    assertThat(backend.health().reason()).contains("0 of 2 servers up");
  }

  @ParameterizedTest
  @CsvSource({
    "400, '{\"error\":{\"message\":\"top_p must be below 1\",\"param\":\"top_p\"}}', VALUE, top_p, top_p must",
    "400, '{\"object\":\"error\",\"message\":\"too hot\",\"param\":null}', VALUE, body, too hot",
    "400, '{\"error\":{\"message\":\"This model has a maximum context length of 4\"}}', CONTEXT_LENGTH, body, maximum",
    "400, '{\"error\":{\"message\":\"long\",\"code\":\"context_length_exceeded\"}}', CONTEXT_LENGTH, body, long",
    "422, '{\"detail\":[{\"msg\":\"field required\"}]}', VALUE, body, field required",
    "413, <html>, VALUE, body, refuses",
    "404, '{\"error\":{\"message\":\"no\"}}', NO_SUCH_MODEL, model, does not serve",
  })
  void requestThatTheServerRefuses_isInvalid_inItsWords(
      int status, String body, Outcome.Fault fault, String field, String message) throws Exception {
    server().script = (request, reply) -> reply.status(status, body);
    open();
    assertThat(run(request(CHAT)).outcome())
        .isInstanceOfSatisfying(
            Outcome.Invalid.class,
            invalid -> {
              assertThat(invalid.fault()).isEqualTo(fault);
              assertThat(invalid.field()).isEqualTo(field);
              assertThat(invalid.message()).contains(message);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void refusedCredentials_fail_withoutTheirEcho(int status) throws Exception {
    server().script =
        (request, reply) ->
            reply.status(status, "{\"error\":{\"message\":\"wrong key s3cret provided\"}}");
    open(null, "s3cret", LoadBalancing.ROUND_ROBIN, 1024);
    assertThat(run(request(CHAT)).outcome())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.message()).contains("credentials").doesNotContain("s3c"));
    assertThat(backend.health().reason()).contains("credentials").doesNotContain("s3c");
  }

  @Test
  void adapterThatTheServerForgot_isNoLongerListed() throws Exception {
    FakeServer server = server();
    server.script = (request, reply) -> reply.status(404, "{}");
    open();
    server.adapters.remove("a_adapter");
    assertThat(run(request(CHAT, "a_adapter")).outcome()).isInstanceOf(Outcome.Invalid.class);
    assertThat(backend.adapters()).extracting(ServedAdapter::name).containsExactly("b_adapter");
    assertThat(run(request(CHAT, "a_adapter")).outcome()).isInstanceOf(Outcome.Invalid.class);
    assertThat(server.completions).hasSize(1);
  }

  // Time.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cancel_closesTheConnection_beforeAndAfterTheFirstToken(boolean answering) throws Exception {
    FakeServer server = server();
    server.script =
        (request, reply) -> {
          if (answering) {
            reply.stream();
            reply.event(FakeServer.text(request, "half", null));
          }
          reply.hang();
        };
    open();
    RecordedAnswer answer = new RecordedAnswer();
    Generation generation = backend.submit(request(CHAT), answer);
    if (answering) {
      answer.awaitText();
    } else {
      await(() -> !server.completions.isEmpty());
    }
    BackendStatistics statistics = backend.statistics();
    assertThat(statistics.running()).isEqualTo(answering ? 1 : 0);
    assertThat(statistics.waiting()).isEqualTo(answering ? 0 : 1);
    generation.cancel();
    assertThat(answer.ends()).isEqualTo(1);
    assertThat(answer.outcome()).isInstanceOf(Outcome.Cancelled.class);
    await(() -> server.gone.get() == 1);
    assertThat(backend.health().reason()).startsWith("1 of 1");
  }

  /** Wherever the exchange is at that moment: connecting, sending, waiting. */
  @Test
  void cancel_atOnce_leavesNoConnectionBehind() throws Exception {
    FakeServer server = server();
    server.script = (request, reply) -> reply.hang();
    open();
    for (int i = 0; i < 100; i++) {
      RecordedAnswer answer = new RecordedAnswer();
      Generation generation = backend.submit(request(CHAT), answer);
      Thread.sleep(i % 4);
      generation.cancel();
      assertThat(answer.outcome()).isInstanceOf(Outcome.Cancelled.class);
    }
    // The one that listed the models may be kept.
    await(() -> server.open() <= 1);
  }

  @Test
  void serverThatHangs_isGivenUp_andLeft() throws Exception {
    FakeServer server = server();
    server.script = (request, reply) -> reply.hang();
    open();
    RecordedAnswer answer = run(request(CHAT, 200, Duration.ofSeconds(10)));
    assertThat(answer.outcome()).isInstanceOf(Outcome.TimedOut.class);
    await(() -> server.gone.get() == 1);
    assertThat(backend.health().reason()).contains("did not begin an answer in time");
  }

  @Test
  void wholeTimeout_endsAnAnswerThatDripsOn() throws Exception {
    FakeServer server = server();
    server.script =
        (request, reply) -> {
          reply.stream();
          for (int i = 0; i < 10_000; i++) {
            reply.event(FakeServer.text(request, "x", null));
            Thread.sleep(5);
          }
        };
    open();
    RecordedAnswer answer = run(request(CHAT, 4, Duration.ofMillis(150)));
    assertThat(answer.outcome()).isInstanceOf(Outcome.TimedOut.class);
    assertThat(answer.text()).isNotEmpty();
    assertThat(answer.breaches()).isEmpty();
  }

  @Test
  void serverThatStaysOnAfterDone_isCutOff() throws Exception {
    FakeServer server = server();
    server.script =
        (request, reply) -> {
          reply.stream();
          reply.event(FakeServer.text(request, "x", "stop"));
          reply.event("[DONE]");
          reply.hang();
        };
    open();
    assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Completed.class);
    await(() -> server.gone.get() == 1);
  }

  @Test
  void modelListThatHangs_delaysTheStartOnlyAWhile() throws Exception {
    server().models =
        (request, reply) -> {
          reply.stream();
          reply.hang();
        };
    open();
    assertThat(backend.health().up()).isFalse();
    assertThat(backend.health().reason()).contains("did not answer in time");
  }

  @Test
  void requestsInFlight_areBounded() throws Exception {
    FakeServer server = server();
    server.script = (request, reply) -> reply.hang();
    open(null, null, LoadBalancing.ROUND_ROBIN, 3);
    List<RecordedAnswer> waiting =
        IntStream.range(0, 3).mapToObj(i -> submit(request(CHAT))).toList();
    assertThat(run(request(CHAT)).outcome()).isInstanceOf(Outcome.Refused.class);
    await(() -> server.completions.size() == 3);
    backend.close();
    waiting.forEach(answer -> assertThat(answer.outcome()).isInstanceOf(Outcome.Failed.class));
    await(() -> server.gone.get() == 3);
  }

  @Test
  void connections_areKeptForTheNextRequest() throws Exception {
    FakeServer server = server();
    open();
    for (int i = 0; i < 20; i++) {
      run(request(CHAT));
    }
    assertThat(server.completions).hasSize(20);
    // One for the list of models, perhaps another while the first was being given back.
    assertThat(server.connections.get()).isLessThanOrEqualTo(5);
  }

  /** Two hundred streams at once, on as many threads as processors. */
  @Test
  void manyStreams_needNoThreadEach() throws Exception {
    server().script =
        (request, reply) -> {
          Thread.sleep(300);
          FakeServer.write(request, reply);
        };
    open();
    List<RecordedAnswer> answers =
        IntStream.range(0, 200).mapToObj(i -> submit(request(CHAT))).toList();
    await(() -> backend.statistics().waiting() == 200);
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("remote"))
            .count();
    // Those of this test's other backends end when idle.
    assertThat(threads).isLessThan(100);
    answers.forEach(answer -> assertThat(answer.outcome()).isInstanceOf(Outcome.Completed.class));
  }

  // Adapters at run time.

  @Test
  void adapters_areLoadedReplacedAndUnloaded_onEveryReplica() throws Exception {
    FakeServer one = server();
    FakeServer other = server();
    open();
    assertThat(backend.loadAdapter("c_adapter", Path.of("/loras/c")))
        .isInstanceOfSatisfying(
            AdapterChange.Loaded.class,
            loaded -> {
              assertThat(loaded.adapter().name()).isEqualTo("c_adapter");
              assertThat(loaded.replaced()).isFalse();
            });
    assertThat(one.adapters).contains("c_adapter");
    assertThat(other.adapters).contains("c_adapter");
    assertThat(run(request(CHAT, "c_adapter")).outcome()).isInstanceOf(Outcome.Completed.class);
    assertThat(backend.loadAdapter("c_adapter", Path.of("/loras/c2")))
        .isInstanceOfSatisfying(
            AdapterChange.Loaded.class, loaded -> assertThat(loaded.replaced()).isTrue());
    assertThat(backend.unloadAdapter("c_adapter")).isInstanceOf(AdapterChange.Unloaded.class);
    assertThat(one.adapters).doesNotContain("c_adapter");
    assertThat(other.adapters).doesNotContain("c_adapter");
    assertThat(backend.adapters()).extracting(ServedAdapter::name).doesNotContain("c_adapter");
    assertThat(backend.unloadAdapter("c_adapter")).isInstanceOf(AdapterChange.Missing.class);
  }

  @Test
  void adapterThatTheServerRefuses_isRefused_inItsWords() throws Exception {
    server();
    open();
    assertThat(backend.loadAdapter("c_adapter", Path.of("/broken")))
        .isInstanceOfSatisfying(
            AdapterChange.Refused.class,
            refused -> assertThat(refused.reason()).contains("no adapter_config.json"));
  }

  @Test
  void serverThatCannotChangeAdapters_saysSo() throws Exception {
    server().changeable = false;
    open();
    assertThat(backend.loadAdapter("c_adapter", Path.of("/c")))
        .isInstanceOf(AdapterChange.Unsupported.class);
    assertThat(backend.unloadAdapter("a_adapter")).isInstanceOf(AdapterChange.Unsupported.class);
  }

  private FakeServer server() throws IOException {
    FakeServer server = new FakeServer();
    servers.add(server);
    return server;
  }

  private void open() {
    open(null, null, LoadBalancing.ROUND_ROBIN, 1024);
  }

  private void open(String model, String key, LoadBalancing policy, int maxInFlight) {
    backend =
        new RemoteBackend(
            new RemoteSettings(
                servers.stream().map(FakeServer::url).toList(),
                model,
                key,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                policy,
                131_072,
                maxInFlight),
            "",
            System::nanoTime);
  }

  private RecordedAnswer submit(GenerationRequest request) {
    RecordedAnswer answer = new RecordedAnswer();
    backend.submit(request, answer);
    return answer;
  }

  /** Submits and waits for the end. */
  private RecordedAnswer run(GenerationRequest request) {
    RecordedAnswer answer = submit(request);
    assertThat(answer.outcome()).isNotNull();
    return answer;
  }

  private static GenerationRequest request(Prompt prompt, String... adapters) {
    return request(prompt, 4, Duration.ofSeconds(8))
        .with(Arrays.stream(adapters).map(name -> new AdapterWeight(name, 1)).toList());
  }

  private static GenerationRequest request(Prompt prompt, int maxTokens, Duration timeout) {
    return new GenerationRequest(
        prompt,
        List.of(),
        maxTokens,
        Sampling.GREEDY,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        timeout);
  }

  private static GenerationRequest withLogprobs(Prompt prompt) {
    return new GenerationRequest(
        prompt, List.of(), 4, Sampling.GREEDY, List.of(), 2, Duration.ofSeconds(8));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Until it holds, ten seconds at most. */
  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within ten seconds").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
