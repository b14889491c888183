package dev.pusula.completion.boundary;

import dev.pusula.completion.control.AnswerLease;
import dev.pusula.completion.control.Attribution;
import dev.pusula.completion.control.Completions;
import dev.pusula.completion.control.LiveAnswer;
import dev.pusula.completion.control.ModelResolver;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome.Timings;
import dev.pusula.platform.ProblemException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Resolves a request's model, runs its generations and answers with headers that tell who did. */
final class CompletionResponder {

  /** When a client may try an adapter again whose replicas all failed. */
  private static final Duration COOL_DOWN = Duration.ofSeconds(5);

  /**
   * Longest silence in a stream. The first write after a client has gone succeeds and the second
   * fails, so that its generations are cancelled twice this later.
   */
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  private CompletionResponder() {}

  /**
   * Answers a request that was checked.
   *
   * @param routed what the router reads; empty where it is not one text
   * @param generations at least one, without adapters; those of the model are added
   */
  static Response respond(
      Completions completions,
      CompletionOptions options,
      Optional<String> routed,
      List<GenerationRequest> generations,
      CompletionShape shape) {
    String model = options.requireModel();
    if (model.equals(ModelResolver.AUTO) && routed.isEmpty()) {
      throw ProblemException.badRequest(
          "auto routes one text; name a sector, an adapter or base for several prompts or token ids",
          "model");
    }
    Attribution wanted =
        completions
            .resolve(model, routed.orElse(""))
            .orElseThrow(() -> noSuchModel("the model '" + model + "' does not exist"));
    AnswerLease lease =
        completions
            .begin(wanted)
            .orElseThrow(
                () ->
                    ProblemException.unavailable(
                        "every replica of the adapter failed lately and cools down", COOL_DOWN));
    List<AdapterWeight> adapters = lease.attribution().adapters();
    List<GenerationRequest> attributed =
        generations.stream().map(generation -> generation.with(adapters)).toList();
    CompletionAnswer answer =
        new CompletionAnswer(
            LiveAnswer.begin(completions.backend(), attributed, lease),
            attributed,
            options.choices(),
            shape);
    Response.ResponseBuilder response =
        options.streaming()
            ? Response.ok(
                    (StreamingOutput) out -> answer.stream(out, options.usageWanted(), HEARTBEAT),
                    "text/event-stream; charset=utf-8")
                .header("Cache-Control", "no-store")
            : Response.ok(answer.whole(), MediaType.APPLICATION_JSON_TYPE);
    attribute(response, lease.attribution());
    return response
        .header("Pusula-Backend", completions.backend().name())
        .header("Server-Timing", timing(lease.attribution(), answer, options.streaming()))
        .build();
  }

  static ProblemException noSuchModel(String detail) {
    return ProblemException.notFound(detail + "; GET /v1/models lists what does", "model")
        .as("model_not_found");
  }

  private static void attribute(Response.ResponseBuilder response, Attribution attribution) {
    response.header(
        "Pusula-Adapters",
        attribution.adapters().stream()
            .map(AdapterWeight::adapter)
            .collect(Collectors.joining(",")));
    if (attribution.sector() != null) {
      response.header("Pusula-Sector", attribution.sector());
    }
    if (attribution.score() != null) {
      response.header("Pusula-Score", String.format(Locale.ROOT, "%.4f", attribution.score()));
    }
  }

  /** What is known when the headers leave: of a stream no more than the time before its start. */
  private static @Nullable String timing(
      Attribution attribution, CompletionAnswer answer, boolean streaming) {
    StringJoiner timing = new StringJoiner(", ");
    if (attribution.routerNanos() != null) {
      timing.add(entry("router", Duration.ofNanos(attribution.routerNanos())));
    }
    if (streaming) {
      answer.queued().ifPresent(queued -> timing.add(entry("queue", queued)));
    } else {
      timing.add(entry("queue", answer.longest(Timings::queue)));
      timing.add(entry("prefill", answer.longest(Timings::prefill)));
      timing.add(entry("decode", answer.longest(Timings::decode)));
    }
    return timing.length() == 0 ? null : timing.toString();
  }

  private static String entry(String phase, Duration duration) {
    return String.format(Locale.ROOT, "%s;dur=%.4f", phase, duration.toNanos() / 1e6);
  }
}
