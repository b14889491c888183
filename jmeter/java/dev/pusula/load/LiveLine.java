package dev.pusula.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The line that tells each second how the load is doing. Counting is lock-free and never holds up
 * the measured path.
 */
final class LiveLine implements AutoCloseable {
  private static final int WINDOW = 1_024;

  private final LoadMain.Load load;
  private final RunClock clock;
  private final boolean shown;
  private final LongAdder ended = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final long[] firstTextMicros = new long[WINDOW];
  private int firstTexts;
  private long before;
  private final CountDownLatch stop = new CountDownLatch(1);

  LiveLine(LoadMain.Load load, RunClock clock, boolean shown) {
    this.load = load;
    this.clock = clock;
    this.shown = shown;
  }

  void start() {
    if (shown) {
      Thread thread = new Thread(this::loop, "live-line");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Takes an ended request; called on the event loop only. */
  void accept(Exchange exchange) {
    ended.increment();
    if (exchange.outcome() != Exchange.Outcome.COMPLETED) {
      errors.increment();
    } else if (exchange.firstText != 0) {
      synchronized (firstTextMicros) {
        firstTextMicros[firstTexts++ % WINDOW] = (exchange.firstText - exchange.sent) / 1_000;
      }
    }
  }

  long errors() {
    return errors.sum();
  }

  private void loop() {
    try {
      while (!stop.await(1, TimeUnit.SECONDS)) {
        print();
      }
      System.err.println();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print() {
    long seconds = clock.started() ? clock.nowMicros() / 1_000_000 : 0;
    long total = (load.warmUp().toSeconds() + load.runTime().toSeconds());
    long now = ended.sum();
    System.err.printf(
        Locale.ROOT,
        "\r%s  %3d/%d s %s  %d users  %4d req/s  TTFT p50 %6.1f ms  %d requests  %d errors   ",
        load.label(),
        seconds,
        total,
        seconds < load.warmUp().toSeconds() ? "warm-up" : seconds < total ? "measure" : "drain  ",
        load.users(),
        now - before,
        medianMillis(),
        now,
        errors.sum());
    before = now;
  }

  /** Of the last second's first texts; for the eye only, never stored. */
  private double medianMillis() {
    long[] window;
    synchronized (firstTextMicros) {
      window = Arrays.copyOf(firstTextMicros, Math.min(firstTexts, WINDOW));
      firstTexts = 0;
    }
    Arrays.sort(window);
    return window.length == 0 ? 0 : window[window.length / 2] / 1e3;
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
