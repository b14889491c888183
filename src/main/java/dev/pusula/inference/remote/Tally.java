package dev.pusula.inference.remote;

import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.BackendStatistics.AdapterShare;
import dev.pusula.inference.entity.Outcome.Timings;
import dev.pusula.inference.entity.Usage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What a client of a server can count. Pages, steps, rows and adapter traffic are the server's own
 * and stay 0. Thread-safe; a snapshot taken meanwhile may miss what is being counted.
 */
final class Tally {

  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final LongAdder refused = new LongAdder();

  /** Attempts at another replica after one was lost. */
  final LongAdder retries = new LongAdder();

  /** Answers whose tokens were counted by chunks, because the server did not count them. */
  final LongAdder uncounted = new LongAdder();

  private final LongAdder requests = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder generatedTokens = new LongAdder();
  private final LongAdder queueNanos = new LongAdder();
  private final LongAdder prefillNanos = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final Map<String, Share> shares = new ConcurrentHashMap<>();

  private static final class Share {
    final LongAdder requests = new LongAdder();
    final LongAdder promptTokens = new LongAdder();
    final LongAdder generatedTokens = new LongAdder();
  }

  void taken(String adapter) {
    requests.increment();
    share(adapter).requests.increment();
  }

  void ended(String adapter, Usage usage, Timings timings) {
    promptTokens.add(usage.promptTokens() - usage.cachedTokens());
    cachedTokens.add(usage.cachedTokens());
    generatedTokens.add(usage.completionTokens());
    share(adapter).promptTokens.add(usage.promptTokens());
    share(adapter).generatedTokens.add(usage.completionTokens());
    queueNanos.add(timings.queue().toNanos());
    prefillNanos.add(timings.prefill().toNanos());
    decodeNanos.add(timings.decode().toNanos());
  }

  BackendStatistics snapshot() {
    return new BackendStatistics(
        waiting.get(),
        running.get(),
        0,
        0,
        0,
        requests.sum(),
        refused.sum(),
        0,
        promptTokens.sum(),
        cachedTokens.sum(),
        generatedTokens.sum(),
        0,
        0,
        queueNanos.sum(),
        prefillNanos.sum(),
        decodeNanos.sum(),
        0,
        0,
        0,
        shares.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    share ->
                        new AdapterShare(
                            share.getValue().requests.sum(),
                            share.getValue().promptTokens.sum(),
                            share.getValue().generatedTokens.sum()))));
  }

  private Share share(String adapter) {
    return shares.computeIfAbsent(adapter, name -> new Share());
  }
}
