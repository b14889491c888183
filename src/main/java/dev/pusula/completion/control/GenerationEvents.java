package dev.pusula.completion.control;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A backend's callbacks as events that the response's thread takes one by one. The backend is never
 * held up by a slow client; what waits is bounded by the request's {@code max_tokens}.
 */
public final class GenerationEvents implements GenerationListener {

  /** One thing that happened. */
  public sealed interface Event {
    /** A piece of the answer. */
    record Text(String delta) implements Event {}

    /** The last event. */
    record End(Outcome outcome) implements Event {}
  }

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Consumer<Outcome> atEnd;

  /**
   * For one generation.
   *
   * @param atEnd told how it ended by the backend's thread, whether or not anybody still reads
   */
  public GenerationEvents(Consumer<Outcome> atEnd) {
    this.atEnd = atEnd;
  }

  @Override
  public void text(Piece piece) {
    events.add(new Event.Text(piece.text()));
  }

  @Override
  public void ended(Outcome outcome) {
    atEnd.accept(outcome);
    events.add(new Event.End(outcome));
  }

  /**
   * The next event; {@code End(TimedOut)} where none came in time.
   *
   * @throws InterruptedException if the server is stopping
   */
  public Event next(Duration patience) throws InterruptedException {
    Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    return event == null ? new Event.End(new Outcome.TimedOut()) : event;
  }
}
