package dev.pusula.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Once a second: what generator and server use, and every other second a batch of samples, to the
 * history. A history that is away is tried again with growing pauses; the samples wait in the local
 * file. One that refuses is told and left alone.
 */
final class Uploader {
  private static final long PERIOD_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 8_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final History history;
  private final RunClock clock;
  private final ResourceSampler resources;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::loop, "uploader");
  private volatile @Nullable String refusal;

  Uploader(History history, RunClock clock, ResourceSampler resources) {
    this.history = history;
    this.clock = clock;
    this.resources = resources;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Stops, so that the last batches can be sent by the caller alone. */
  void stop() throws InterruptedException {
    stop.countDown();
    thread.join(TimeUnit.SECONDS.toMillis(6));
  }

  /** Why the history takes no more samples; null while it does. */
  @Nullable String refusal() {
    return refusal;
  }

  private void loop() {
    long pause = PERIOD_MILLIS;
    try {
      for (int tick = 0; !stop.await(pause, TimeUnit.MILLISECONDS); tick++) {
        try {
          beat(tick);
          pause = PERIOD_MILLIS;
        } catch (History.RefusedException e) {
          refusal = e.getMessage();
          return;
        } catch (IOException e) {
          pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat(int tick) throws IOException, InterruptedException {
    if (clock.started()) {
      ArrayNode samples = JSON.createArrayNode();
      resources.sample(samples, clock.nowMicros());
      history.resources(samples);
    } else {
      history.heartbeat();
    }
    if (tick % 2 == 1) {
      history.upload();
    }
  }
}
