package dev.pusula.inference.control;

import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** A listener that keeps what it is told, and every breach of the listener's contract. */
public final class RecordedAnswer implements GenerationListener {

  private final List<Piece> pieces = new ArrayList<>();
  private final List<String> breaches = new ArrayList<>();
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicBoolean inside = new AtomicBoolean();
  private int starts;
  private int ends;

  @Override
  public void started(Duration queued) {
    call("started", () -> starts++);
  }

  @Override
  public void text(Piece piece) {
    call("text", () -> pieces.add(piece));
    first.countDown();
  }

  @Override
  public void ended(Outcome outcome) {
    call("ended", () -> ends++);
    end.complete(outcome);
  }

  private void call(String name, Runnable record) {
    if (!inside.compareAndSet(false, true)) {
      breach(name + " beside another call");
    }
    synchronized (this) {
      if (ends > 0) {
        breach(name + " after the end");
      }
      record.run();
      if (starts > 1) {
        breach("started twice");
      }
    }
    inside.set(false);
  }

  private synchronized void breach(String what) {
    breaches.add(what);
  }

  /** Blocks until the end, ten seconds at most. */
  public Outcome outcome() {
    try {
      return end.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no end within ten seconds", e);
    }
  }

  /** Blocks until the first piece, ten seconds at most. */
  public void awaitText() throws InterruptedException {
    if (!first.await(10, TimeUnit.SECONDS)) {
      throw new AssertionError("no text within ten seconds");
    }
  }

  /** The pieces so far. */
  public synchronized List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /** Their text. */
  public String text() {
    return pieces().stream().map(Piece::text).collect(Collectors.joining());
  }

  /** Breaches so far; empty for a backend that keeps its word. */
  public synchronized List<String> breaches() {
    return List.copyOf(breaches);
  }

  /** Calls of {@link #ended} so far. */
  public synchronized int ends() {
    return ends;
  }
}
