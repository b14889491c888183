package dev.pusula.completion.boundary;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pusula.completion.boundary.CompletionShape.Part;
import dev.pusula.completion.control.LiveAnswer;
import dev.pusula.completion.control.LiveAnswer.Event;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.Completed;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Outcome.Timings;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.inference.entity.Usage;
import dev.pusula.platform.Json;
import dev.pusula.platform.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a running answer in the shape of its API: at once, or as a stream of events in which the
 * choices take turns as their pieces come. Read once, by one thread.
 */
final class CompletionAnswer {

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END_OF_EVENT = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /** A comment, which clients skip. */
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

  private final LiveAnswer live;
  private final CompletionShape shape;
  private final int choicesPerPrompt;
  private final boolean logprobs;
  private final boolean scored;
  private final List<Choice> choices;
  private final Event first;
  private int open;

  /** What came of one choice so far. */
  private static final class Choice {
    private final StringBuilder text = new StringBuilder();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private int offset;
    private @Nullable Completed end;

    Completed end() {
      return Objects.requireNonNull(end, "read after the last event");
    }
  }

  /**
   * Waits for the first event, which decides whether there is an answer.
   *
   * @param live the choices of {@code requests}; closed by this answer
   * @param choicesPerPrompt neighbouring requests with the same prompt
   * @throws ProblemException if a choice has failed by then
   */
  CompletionAnswer(
      LiveAnswer live,
      List<GenerationRequest> requests,
      int choicesPerPrompt,
      CompletionShape shape) {
    this.live = live;
    this.shape = shape;
    this.choicesPerPrompt = choicesPerPrompt;
    this.logprobs = requests.get(0).topLogprobs() != GenerationRequest.NO_LOGPROBS;
    this.scored = requests.get(0).scoresPrompt();
    this.choices = Stream.generate(Choice::new).limit(requests.size()).toList();
    this.open = requests.size();
    this.first = take(() -> Optional.of(live.first())).orElseThrow();
    if (first instanceof Event.End end && !(end.outcome() instanceof Completed)) {
      live.close();
      throw problem(end.outcome());
    }
  }

  /**
   * Waits for the last event. That a client has gone meanwhile shows only when the answer is
   * written: nothing can be sent before its status.
   *
   * @throws ProblemException if a choice fails
   */
  Object whole() {
    try (live) {
      for (Optional<Event> event = Optional.of(first); open > 0; event = next(LiveAnswer.GRACE)) {
        if (event.isEmpty()) {
          continue;
        }
        Choice choice = choices.get(event.get().choice());
        if (event.get() instanceof Event.Text text) {
          choice.text.append(text.piece().text());
          choice.logprobs.addAll(text.piece().logprobs());
        } else if (event.get() instanceof Event.End end) {
          if (!(end.outcome() instanceof Completed completed)) {
            throw problem(end.outcome());
          }
          choice.end = completed;
          open--;
        }
      }
    }
    List<Part> parts = new ArrayList<>(choices.size());
    for (Choice choice : choices) {
      parts.add(
          new Part(
              parts.size(),
              choice.text.toString(),
              logprobs ? choice.logprobs : null,
              0,
              choice.end().reason()));
    }
    return shape.whole(parts, scored ? choices.get(0).end().prompt() : null, usage());
  }

  /**
   * Writes each piece when it comes, and a comment where none came for a while: only writing tells
   * that a client has gone.
   *
   * @param usageWanted a last chunk with the counts
   * @param heartbeat longest silence
   * @throws IOException if the client has gone; what still runs is cancelled
   */
  void stream(OutputStream out, boolean usageWanted, Duration heartbeat) throws IOException {
    try (live) {
      for (int i = 0; i < choices.size(); i++) {
        Object opening = shape.opening(i);
        if (opening != null) {
          send(out, opening);
        }
      }
      for (Optional<Event> event = Optional.of(first); open > 0; event = next(heartbeat)) {
        if (event.isEmpty()) {
          out.write(KEEP_ALIVE);
          out.flush();
        } else if (event.get() instanceof Event.Text text) {
          send(out, shape.piece(part(text.choice(), text.piece())));
        } else if (event.get() instanceof Event.End end) {
          if (!(end.outcome() instanceof Completed completed)) {
            // The status is sent already: the error is the stream's last event, and no [DONE]
            // follows it.
            send(out, OpenAiErrorResponse.of(problem(end.outcome()).problem()));
            return;
          }
          send(out, shape.piece(end(end.choice(), completed.reason())));
          choices.get(end.choice()).end = completed;
          open--;
        }
      }
      if (usageWanted) {
        send(out, shape.usage(usage()));
      }
      write(out, DONE);
    }
  }

  /** The longest time that a choice waited, of those begun; empty where the backend tells none. */
  Optional<Duration> queued() {
    return live.queued();
  }

  /** The longest time that a choice of a whole answer spent in a phase. */
  Duration longest(Function<Timings, Duration> phase) {
    return choices.stream()
        .map(choice -> phase.apply(choice.end().timings()))
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private Part part(int index, Piece piece) {
    Choice choice = choices.get(index);
    int offset = choice.offset;
    choice.offset += piece.logprobs().stream().mapToInt(WireLogprobs::codePoints).sum();
    return new Part(index, piece.text(), logprobs ? piece.logprobs() : null, offset, null);
  }

  private Part end(int index, FinishReason reason) {
    return new Part(index, "", null, 0, reason);
  }

  /** Each prompt's tokens once, whatever its choices. */
  private Usage usage() {
    int prompt = 0;
    int completion = 0;
    int cached = 0;
    for (int i = 0; i < choices.size(); i++) {
      Usage usage = choices.get(i).end().usage();
      completion += usage.completionTokens();
      if (i % choicesPerPrompt == 0) {
        prompt += usage.promptTokens();
        cached += usage.cachedTokens();
      }
    }
    return new Usage(prompt, completion, cached);
  }

  private Optional<Event> next(Duration patience) {
    return open == 0 ? Optional.empty() : take(() -> live.next(patience));
  }

  private static Optional<Event> take(Waiting waiting) {
    try {
      return waiting.event();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(new Event.End(0, new Outcome.Failed("the server is stopping")));
    }
  }

  @FunctionalInterface
  private interface Waiting {
    Optional<Event> event() throws InterruptedException;
  }

  private static ProblemException problem(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return ProblemException.unavailable(refused.message(), refused.retryAfter());
    }
    if (outcome instanceof Outcome.Invalid invalid) {
      return switch (invalid.fault()) {
        case VALUE -> ProblemException.badRequest(invalid.message(), invalid.field());
        case NO_SUCH_MODEL -> CompletionResponder.noSuchModel(invalid.message());
        case CONTEXT_LENGTH ->
            ProblemException.badRequest(invalid.message(), invalid.field())
                .as("context_length_exceeded");
      };
    }
    if (outcome instanceof Outcome.TimedOut) {
      return ProblemException.timedOut("the answer was not complete within the time allowed");
    }
    if (outcome instanceof Outcome.Failed failed) {
      return ProblemException.failed(failed.message());
    }
    return ProblemException.failed("the generation was cancelled");
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
