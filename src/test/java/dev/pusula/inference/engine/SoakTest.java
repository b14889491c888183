package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 200 clients on 22 adapters, of which a third cancel, with too few pages for all and a queue that
 * fills up: every answer that ends is the one it would be alone, and nothing is left behind. Some
 * seconds by default; {@code -Dpusula.soak.seconds=600} for as long as it takes to trust it.
 */
class SoakTest {

  private static final System.Logger LOG = System.getLogger(SoakTest.class.getName());
  private static final int CLIENTS = 200;
  private static final int ADAPTERS = 22;
  private static final int KINDS = 300;
  private static final long MEGABYTE = 1 << 20;

  /** What the heap may grow by between its first and its last tenth: the JVM's own affairs. */
  private static final long HEAP_SLACK = 24 * MEGABYTE;

  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  @Test
  void manyClients_leaveNothingBehind_andGetTheirOwnAnswers(@TempDir Path home) throws Exception {
    int seconds = Integer.getInteger("pusula.soak.seconds", 4);
    Path folder = home.resolve("tiny");
    SyntheticCheckpoint.write(
        folder,
        new SyntheticCheckpoint.Options(
            64,
            96,
            2,
            4,
            2,
            256,
            64,
            4,
            7,
            IntStream.range(0, ADAPTERS).mapToObj(i -> "adapter" + i).toList()));
    List<GenerationRequest> kinds = kinds();
    List<String> alone = new ArrayList<>();
    try (EngineBackend backend = open(folder, new Capacity(1, 4, 64, 64, 1 << 26, 1 << 26))) {
      for (GenerationRequest kind : kinds) {
        alone.add(answer(backend, kind, 0).get(60, TimeUnit.SECONDS));
      }
    }
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    // Pages for about half of the requests that may run, and a queue for half of the clients.
    long pages = 72 * 2L * 2 * 2 * 16 * 16 * 4;
    try (EngineBackend backend = open(folder, new Capacity(48, 100, 64, 24, pages, 1 << 26))) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(i);
        Thread client = new Thread(() -> client(backend, kinds, alone, random, end));
        clients.add(client);
        client.start();
      }
      List<Long> heap = new ArrayList<>();
      for (int tenth = 0; tenth < 10; tenth++) {
        Thread.sleep(100L * seconds);
        heap.add(usedHeap());
      }
      for (Thread client : clients) {
        client.join(60_000);
        assertThat(client.isAlive()).as("a client that never got its end").isFalse();
      }
      for (int i = 0; i < 100 && backend.statistics().pagesUsed() > 0; i++) {
        Thread.sleep(20);
      }
      BackendStatistics statistics = backend.statistics();
      LOG.log(
          Level.INFO,
          "{0} s: {1} completed, {2} cancelled, {3} refused, {4} preempted, mean batch {5}; heap in MB"
              + " after each tenth {6}",
          seconds,
          completed,
          cancelled,
          refused,
          statistics.preemptions(),
          (double) statistics.rows() / statistics.steps(),
          heap.stream().map(bytes -> bytes / MEGABYTE).toList());
      assertThat(wrong).isEmpty();
      assertThat(completed.get()).isGreaterThan(KINDS);
      assertThat(cancelled.get()).isPositive();
      assertThat(statistics.preemptions()).isPositive();
      assertThat(List.of(statistics.pagesUsed(), statistics.running(), statistics.waiting()))
          .containsOnly(0);
      assertThat(heap.get(9) - heap.get(1)).isLessThan(HEAP_SLACK);
    }
    for (int i = 0; i < 100 && threadsNow() > threads; i++) {
      Thread.sleep(20);
    }
    assertThat(threadsNow()).isLessThanOrEqualTo(threads);
  }

  private void client(
      EngineBackend backend,
      List<GenerationRequest> kinds,
      List<String> alone,
      Random random,
      long end) {
    while (System.nanoTime() < end) {
      int kind = random.nextInt(KINDS);
      int cancelAfter = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
      try {
        String said = answer(backend, kinds.get(kind), cancelAfter).get(60, TimeUnit.SECONDS);
        if (said != null && !said.equals(alone.get(kind))) {
          wrong.add(kinds.get(kind) + ": " + said + " for " + alone.get(kind));
        }
        if (said == null) {
          Thread.sleep(1 + random.nextInt(20));
        }
      } catch (Exception e) {
        wrong.add(e.toString());
        return;
      }
    }
  }

  /**
   * The whole answer; null if it was cancelled or refused.
   *
   * @param cancelAfter pieces, 0 for never
   */
  private CompletableFuture<String> answer(
      EngineBackend backend, GenerationRequest request, int cancelAfter) {
    CompletableFuture<String> end = new CompletableFuture<>();
    CompletableFuture<Generation> generation = new CompletableFuture<>();
    StringBuilder text = new StringBuilder();
    generation.complete(
        backend.submit(
            request,
            new GenerationListener() {
              private int pieces;

              @Override
              public void text(Piece piece) {
                text.append(piece.text());
                if (++pieces == cancelAfter) {
                  generation.thenAccept(Generation::cancel);
                }
              }

              @Override
              public void ended(Outcome outcome) {
                boolean whole = outcome instanceof Outcome.Completed;
                (whole ? completed : outcome instanceof Outcome.Cancelled ? cancelled : refused)
                    .incrementAndGet();
                if (!whole
                    && !(outcome instanceof Outcome.Cancelled)
                    && !(outcome instanceof Outcome.Refused)) {
                  wrong.add(outcome.toString());
                }
                end.complete(whole ? text.toString() : null);
              }
            }));
    return end;
  }

  private static List<GenerationRequest> kinds() {
    Random random = new Random(1);
    List<GenerationRequest> kinds = new ArrayList<>();
    for (int i = 0; i < KINDS; i++) {
      List<AdapterWeight> adapters =
          random
              .ints(0, ADAPTERS)
              .distinct()
              .limit(i % 4)
              .mapToObj(a -> new AdapterWeight("adapter" + a, 0.3 + random.nextDouble()))
              .toList();
      kinds.add(
          new GenerationRequest(
              new Prompt.Text("Soru " + i % 40 + ": " + "kredi ".repeat(random.nextInt(12))),
              adapters,
              1 + random.nextInt(60),
              i % 2 == 0 ? Sampling.GREEDY : Sampling.of(0.8, 0.9, i),
              List.of(),
              GenerationRequest.NO_LOGPROBS,
              Duration.ofMinutes(5)));
    }
    return kinds;
  }

  private static EngineBackend open(Path folder, Capacity capacity) {
    return new EngineBackend(
        folder,
        CpuDevices.best(Weights.STORED, 2),
        chat -> Optional.empty(),
        capacity,
        System::nanoTime);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static int threadsNow() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
