package dev.pusula.completion.boundary;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pusula.completion.control.AnswerLease;
import dev.pusula.completion.control.Attribution;
import dev.pusula.completion.control.GenerationEvents;
import dev.pusula.completion.control.GenerationEvents.Event;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.platform.Json;
import dev.pusula.platform.ProblemException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Runs one generation and answers it, at once or as a stream of events. */
final class CompletionResponder {

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END_OF_EVENT = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * The backend keeps the request's timeout; this much later it is given up even if the backend
   * does not say so.
   */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final InferenceBackend backend;
  private final Attribution attribution;
  private final AnswerLease lease;
  private final CompletionShape shape;

  CompletionResponder(InferenceBackend backend, AnswerLease lease, CompletionShape shape) {
    this.backend = backend;
    this.attribution = lease.attribution();
    this.lease = lease;
    this.shape = shape;
  }

  Response respond(GenerationRequest request, boolean stream, boolean usageWanted) {
    GenerationEvents events = new GenerationEvents(lease::ended);
    Generation generation = submit(request, events);
    Duration patience = request.timeout().plus(GRACE);
    Event first = next(events, patience, generation);
    if (first instanceof Event.End end) {
      requireCompleted(end.outcome());
    }
    return stream
        ? headed(Response.ok())
            .type("text/event-stream; charset=utf-8")
            .header("Cache-Control", "no-store")
            .entity(
                (jakarta.ws.rs.core.StreamingOutput)
                    out -> stream(out, first, events, patience, generation, usageWanted))
            .build()
        : headed(
                Response.ok(
                    whole(first, events, patience, generation), MediaType.APPLICATION_JSON_TYPE))
            .build();
  }

  private Generation submit(GenerationRequest request, GenerationEvents events) {
    boolean taken = false;
    try {
      Generation generation = backend.submit(request, events);
      taken = true;
      return generation;
    } finally {
      if (!taken) {
        lease.close();
      }
    }
  }

  private Object whole(
      Event first, GenerationEvents events, Duration patience, Generation generation) {
    StringBuilder text = new StringBuilder();
    Event event = first;
    while (event instanceof Event.Text piece) {
      text.append(piece.delta());
      event = next(events, patience, generation);
    }
    Outcome.Completed completed = requireCompleted(((Event.End) event).outcome());
    return shape.whole(text.toString(), completed.reason(), completed.usage());
  }

  private void stream(
      OutputStream out,
      Event first,
      GenerationEvents events,
      Duration patience,
      Generation generation,
      boolean usageWanted)
      throws IOException {
    try {
      Object opening = shape.opening();
      if (opening != null) {
        send(out, opening);
      }
      Event event = first;
      while (event instanceof Event.Text piece) {
        send(out, shape.piece(piece.delta()));
        event = next(events, patience, generation);
      }
      Outcome outcome = ((Event.End) event).outcome();
      if (!(outcome instanceof Outcome.Completed completed)) {
        // The status is sent already: the error is the stream's last event, and no [DONE] follows
        // it.
        send(out, OpenAiErrorResponse.of(problem(outcome).problem()));
        return;
      }
      send(out, shape.closing(completed.reason()));
      if (usageWanted) {
        send(out, shape.usage(completed.usage()));
      }
      write(out, "[DONE]".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The client is gone; nobody reads what would still be generated.
      generation.cancel();
      lease.close();
      throw e;
    }
  }

  private Event next(GenerationEvents events, Duration patience, Generation generation) {
    try {
      Event event = events.next(patience);
      if (event instanceof Event.End end) {
        // The verdict before the cancelling, whose own end would say that nobody is to blame.
        lease.ended(end.outcome());
        generation.cancel();
      }
      return event;
    } catch (InterruptedException e) {
      generation.cancel();
      lease.close();
      Thread.currentThread().interrupt();
      return new Event.End(new Outcome.Failed("the server is stopping"));
    }
  }

  private static Outcome.Completed requireCompleted(Outcome outcome) {
    if (outcome instanceof Outcome.Completed completed) {
      return completed;
    }
    throw problem(outcome);
  }

  private static ProblemException problem(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return ProblemException.unavailable(refused.message(), refused.retryAfter());
    }
    if (outcome instanceof Outcome.Invalid invalid) {
      return ProblemException.badRequest(invalid.message(), invalid.field());
    }
    if (outcome instanceof Outcome.TimedOut) {
      return ProblemException.timedOut("the answer was not complete within the time allowed");
    }
    if (outcome instanceof Outcome.Failed failed) {
      return ProblemException.failed(failed.message());
    }
    return ProblemException.failed("the generation was cancelled");
  }

  private Response.ResponseBuilder headed(Response.ResponseBuilder builder) {
    builder.header("Pusula-Backend", backend.name());
    builder.header(
        "Pusula-Adapters",
        attribution.adapters().stream()
            .map(AdapterWeight::adapter)
            .collect(Collectors.joining(",")));
    if (attribution.sector() != null) {
      builder.header("Pusula-Sector", attribution.sector());
    }
    if (attribution.score() != null) {
      builder.header("Pusula-Score", String.format(Locale.ROOT, "%.4f", attribution.score()));
    }
    if (attribution.routerNanos() != null) {
      builder.header(
          "Server-Timing",
          String.format(Locale.ROOT, "router;dur=%.4f", attribution.routerNanos() / 1e6));
    }
    return builder;
  }

  private static void send(OutputStream out, Object chunk) throws IOException {
    try {
      write(out, Json.mapper().writeValueAsBytes(chunk));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(OutputStream out, byte[] data) throws IOException {
    byte[] event = new byte[DATA.length + data.length + END_OF_EVENT.length];
    System.arraycopy(DATA, 0, event, 0, DATA.length);
    System.arraycopy(data, 0, event, DATA.length, data.length);
    System.arraycopy(END_OF_EVENT, 0, event, DATA.length + data.length, END_OF_EVENT.length);
    out.write(event);
    out.flush();
  }
}
