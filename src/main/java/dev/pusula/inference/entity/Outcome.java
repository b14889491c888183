package dev.pusula.inference.entity;

import java.time.Duration;
import java.util.List;

/** How a generation ended. An error is a result, not a missing row. */
public sealed interface Outcome {

  /**
   * The model finished by itself or at a bound that the request set.
   *
   * @param reason why it ended
   * @param usage tokens
   * @param timings where the time went
   * @param prompt the prompt's tokens from the second on, each with its log-probability after those
   *     before it; empty unless they were asked for
   */
  record Completed(FinishReason reason, Usage usage, Timings timings, List<TokenLogprob> prompt)
      implements Outcome {
    /** Copies the list. */
    public Completed {
      prompt = List.copyOf(prompt);
    }

    /** Tells nothing of the prompt. */
    public Completed(FinishReason reason, Usage usage, Timings timings) {
      this(reason, usage, timings, List.of());
    }
  }

  /**
   * Nothing was generated because the backend is full.
   *
   * @param message for the client
   * @param retryAfter when to try again
   */
  record Refused(String message, Duration retryAfter) implements Outcome {}

  /**
   * The request cannot be served as it stands: unknown adapter, prompt longer than the context.
   *
   * @param fault what kind of mistake it is
   * @param field the request's field at fault, in the form of the API ({@code model}, {@code
   *     messages})
   * @param message for the client
   */
  record Invalid(Fault fault, String field, String message) implements Outcome {}

  /** Kinds of mistakes in a request. */
  enum Fault {
    /** A field has a value that this backend cannot honour. */
    VALUE,
    /** The model or adapter is not served. */
    NO_SUCH_MODEL,
    /** Prompt and answer do not fit the context. */
    CONTEXT_LENGTH
  }

  /** The caller cancelled it. */
  record Cancelled() implements Outcome {}

  /** It did not end within its timeout. */
  record TimedOut() implements Outcome {}

  /**
   * The backend failed.
   *
   * @param message what failed, without internals
   */
  record Failed(String message) implements Outcome {}

  /** Why a completed generation ended, with the names of the OpenAI API. */
  enum FinishReason {
    /** An end token or a stop text. */
    STOP,
    /** The bound on tokens or the context length. */
    LENGTH
  }

  /**
   * Where the time of one generation went.
   *
   * @param queue from submission to the start of the prefill
   * @param prefill the prompt's forward pass, up to the first token
   * @param decode from the first token to the last
   */
  record Timings(Duration queue, Duration prefill, Duration decode) {}
}
