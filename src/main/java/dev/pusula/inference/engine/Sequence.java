package dev.pusula.inference.engine;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.engine.Batch.Applied;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.TokenLogprob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request under way: its tokens, its pages, its text, from submission to its one end. All but
 * {@link #cancel} belongs to the scheduler's thread once it is queued.
 */
final class Sequence implements Generation {

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final long submitted;
  private final Applied[] adapters;
  private final Runnable afterEnd;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean cancelled;

  private int[] tokens;
  private int length;
  private final int promptLength;
  private int computed;
  private int cachedTokens = -1;

  private int[] pages = new int[0];
  private int pageCount;
  private int publishedPages;
  private long node;

  private final SplittableRandom random;
  private final AnswerText text;
  private int unsentTokens;
  private final List<TokenLogprob> unsentLogprobs = new ArrayList<>();
  private final List<TokenLogprob> promptLogprobs = new ArrayList<>(0);
  private long started;
  private long firstToken;

  /**
   * Ready to be queued.
   *
   * @param prompt its tokens, at least one
   * @param submitted on the monotonic clock
   * @param afterEnd told once that nothing of the request is used any more
   */
  Sequence(
      GenerationRequest request,
      GenerationListener listener,
      int[] prompt,
      Applied[] adapters,
      long submitted,
      Runnable afterEnd) {
    this.request = request;
    this.listener = listener;
    this.tokens = Arrays.copyOf(prompt, prompt.length + Math.min(request.maxTokens(), 64));
    this.length = prompt.length;
    this.promptLength = prompt.length;
    this.adapters = adapters;
    this.submitted = submitted;
    this.afterEnd = afterEnd;
    this.random = new SplittableRandom(request.sampling().seed());
    this.text = new AnswerText(request.stop());
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  GenerationRequest request() {
    return request;
  }

  Applied[] adapters() {
    return adapters;
  }

  SplittableRandom random() {
    return random;
  }

  /** Prompt and answer so far; the first {@link #length} count. */
  int[] tokens() {
    return tokens;
  }

  int length() {
    return length;
  }

  int promptLength() {
    return promptLength;
  }

  int generated() {
    return length - promptLength;
  }

  /** Positions whose keys and values are in the pages. */
  int computed() {
    return computed;
  }

  /** Tokens that wait for a forward pass; 1 while an answer grows. */
  int pending() {
    return length - computed;
  }

  int[] pages() {
    return pages;
  }

  /** Why it must end now, whatever it is doing. */
  Optional<Outcome> interrupted(long now) {
    if (cancelled) {
      return Optional.of(new Outcome.Cancelled());
    }
    return now - submitted > request.timeout().toNanos()
        ? Optional.of(new Outcome.TimedOut())
        : Optional.empty();
  }

  /** Whether the logits at a position of the prompt tell the probability of the token after it. */
  boolean scores(int position) {
    return request.scoresPrompt()
        && position + 1 < promptLength
        && position >= promptLogprobs.size();
  }

  /** Keeps what the logits at the next position that {@link #scores} said. */
  void scored(TokenLogprob next) {
    promptLogprobs.add(next);
  }

  List<TokenLogprob> promptLogprobs() {
    return promptLogprobs;
  }

  /** Takes over what earlier sequences computed of its beginning. */
  void shareBeginning(PagePool pool, long root) {
    node = root;
    // The last token is always computed: its logits are wanted, as are all that score the prompt.
    int full = request.scoresPrompt() ? 0 : (length - 1) / Device.PAGE;
    while (pageCount < full) {
      int page = pool.share(node, tokens, pageCount * Device.PAGE);
      if (page < 0) {
        break;
      }
      append(page);
      node = pool.node(page);
    }
    publishedPages = pageCount;
    computed = pageCount * Device.PAGE;
    if (cachedTokens < 0) {
      cachedTokens = computed;
    }
  }

  /** Makes room for so many positions in all; false where the pool has none. */
  boolean reserve(PagePool pool, int positions) {
    while (pageCount * Device.PAGE < positions) {
      int page = pool.take();
      if (page < 0) {
        return false;
      }
      append(page);
    }
    return true;
  }

  private void append(int page) {
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, Math.max(8, 2 * pageCount));
    }
    pages[pageCount++] = page;
  }

  int pageCount() {
    return pageCount;
  }

  /** Rows of a batch were computed; full pages can be shared from now on. */
  void advance(int rows, PagePool pool) {
    computed += rows;
    for (; (publishedPages + 1) * Device.PAGE <= computed; publishedPages++) {
      node = pool.publish(node, tokens, publishedPages * Device.PAGE, pages[publishedPages]);
    }
  }

  /** Gives all pages back; what was computed is forgotten. The last first: it is needed least. */
  void releasePages(PagePool pool) {
    while (pageCount > 0) {
      pool.release(pages[--pageCount]);
    }
    computed = 0;
    publishedPages = 0;
  }

  long started() {
    return started;
  }

  boolean hasStarted() {
    return started != 0;
  }

  /** Its first rows go into a batch. */
  void start(long now) {
    started = now;
    listener.started(Duration.ofNanos(now - submitted));
  }

  long submitted() {
    return submitted;
  }

  long firstToken() {
    return firstToken;
  }

  int cachedTokens() {
    return Math.max(0, cachedTokens);
  }

  /** The model has said something, be it that it ends. */
  void spoke(long now) {
    if (firstToken == 0) {
      firstToken = now;
    }
  }

  /** Takes a token into the answer and sends what can be sent. */
  void accept(int token, byte[] bytes, @Nullable TokenLogprob logprob) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
    }
    tokens[length++] = token;
    unsentTokens++;
    if (logprob != null) {
      unsentLogprobs.add(logprob);
    }
    send(text.append(bytes));
  }

  /** Whether a stop text was met. */
  boolean stopped() {
    return text.stopped();
  }

  /** Sends what was held back. */
  void flush() {
    String rest = text.end();
    if (!rest.isEmpty() || !unsentLogprobs.isEmpty()) {
      unsentTokens = Math.max(1, unsentTokens);
      deliver(rest);
    }
  }

  private void send(String delta) {
    if (!delta.isEmpty()) {
      deliver(delta);
    }
  }

  private void deliver(String delta) {
    Piece piece = new Piece(delta, unsentTokens, unsentLogprobs);
    unsentTokens = 0;
    unsentLogprobs.clear();
    listener.text(piece);
  }

  /** The one end; later calls change nothing. */
  void end(Outcome outcome) {
    if (ended.compareAndSet(false, true)) {
      try {
        listener.ended(outcome);
      } finally {
        afterEnd.run();
      }
    }
  }
}
