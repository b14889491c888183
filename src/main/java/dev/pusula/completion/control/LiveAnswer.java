package dev.pusula.completion.control;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.platform.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one answer, under way at once: the backend's callbacks as events that one
 * reader takes one by one. The backend is never held up by a slow client; what waits is bounded by
 * the requests' {@code max_tokens}. One that fails fails the answer; closing cancels what still
 * runs.
 */
public final class LiveAnswer implements AutoCloseable {

  /** One thing that happened to one choice. */
  public sealed interface Event {
    /** The place in the list of requests. */
    int choice();

    /** A piece of the choice's text. */
    record Text(int choice, Piece piece) implements Event {}

    /** The choice's last event. */
    record End(int choice, Outcome outcome) implements Event {}
  }

  /**
   * The backend keeps a request's timeout; this much later it is given up even if the backend does
   * not say so.
   */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private static final long NOT_STARTED = -1;

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final AtomicReference<Event.@Nullable End> failure = new AtomicReference<>();
  private final AtomicLong queuedNanos = new AtomicLong(NOT_STARTED);
  private final List<Generation> generations = new ArrayList<>();
  private final AtomicInteger running;
  private final AnswerLease lease;
  private final long deadlineNanos;

  private LiveAnswer(AnswerLease lease, List<GenerationRequest> requests) {
    this.lease = lease;
    this.running = new AtomicInteger(requests.size());
    this.deadlineNanos = Clocks.NANO.getAsLong() + requests.get(0).timeout().plus(GRACE).toNanos();
  }

  /**
   * Starts all of them.
   *
   * @param requests at least one, with the same timeout; event i is about request i
   * @param lease given back when the last has ended, whoever still reads
   */
  public static LiveAnswer begin(
      InferenceBackend backend, List<GenerationRequest> requests, AnswerLease lease) {
    LiveAnswer answer = new LiveAnswer(lease, requests);
    boolean taken = false;
    try {
      for (int i = 0; i < requests.size(); i++) {
        answer.generations.add(backend.submit(requests.get(i), answer.new Choice(i)));
      }
      taken = true;
      return answer;
    } finally {
      if (!taken) {
        answer.close();
      }
    }
  }

  /**
   * The first event, which decides whether there is an answer: an end where a choice failed by now.
   *
   * @throws InterruptedException if the server is stopping
   */
  public Event first() throws InterruptedException {
    Optional<Event> first = Optional.empty();
    while (first.isEmpty()) {
      first = next(GRACE);
    }
    Event.End failed = failure.get();
    return failed == null ? first.get() : failed;
  }

  /**
   * The next event, {@code End(TimedOut)} when all time is over; empty where none came within the
   * patience.
   *
   * @throws InterruptedException if the server is stopping
   */
  public Optional<Event> next(Duration patience) throws InterruptedException {
    long left = deadlineNanos - Clocks.NANO.getAsLong();
    Event event = events.poll(Math.min(patience.toNanos(), left), TimeUnit.NANOSECONDS);
    if (event == null && left <= patience.toNanos()) {
      // The verdict before the cancelling, whose own end would say that nobody is to blame.
      lease.ended(new Outcome.TimedOut());
      return Optional.of(new Event.End(0, new Outcome.TimedOut()));
    }
    return Optional.ofNullable(event);
  }

  /** The longest time that a choice waited for its first forward pass, of those begun. */
  public Optional<Duration> queued() {
    long nanos = queuedNanos.get();
    return nanos == NOT_STARTED ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  @Override
  public void close() {
    generations.forEach(Generation::cancel);
    lease.close();
  }

  private final class Choice implements GenerationListener {
    private final int index;

    Choice(int index) {
      this.index = index;
    }

    @Override
    public void started(Duration queued) {
      queuedNanos.accumulateAndGet(queued.toNanos(), Math::max);
    }

    @Override
    public void text(Piece piece) {
      events.add(new Event.Text(index, piece));
    }

    @Override
    public void ended(Outcome outcome) {
      Event.End end = new Event.End(index, outcome);
      boolean last = running.decrementAndGet() == 0;
      if (!(outcome instanceof Outcome.Completed)) {
        failure.compareAndSet(null, end);
        lease.ended(outcome);
      } else if (last && failure.get() == null) {
        lease.ended(outcome);
      }
      events.add(end);
    }
  }
}
