package dev.pusula.inference.engine;

import dev.pusula.inference.engine.Batch.Applied;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.BackendStatistics.AdapterShare;
import dev.pusula.inference.entity.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What the scheduler did. Written by its thread, read by any; nothing here takes a lock. */
final class EngineCounters {

  private static final String BASE = "base";

  private final LongAdder requests = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder preemptions = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder cachedTokens = new LongAdder();
  private final LongAdder generatedTokens = new LongAdder();
  private final LongAdder steps = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder queueNanos = new LongAdder();
  private final LongAdder prefillNanos = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final LongAdder switches = new LongAdder();
  private final Map<String, Share> byAdapter = new ConcurrentHashMap<>();
  private volatile int waiting;
  private volatile int running;
  private volatile int pagesUsed;
  private volatile int pagesCached;

  private static final class Share {
    final LongAdder requests = new LongAdder();
    final LongAdder promptTokens = new LongAdder();
    final LongAdder generatedTokens = new LongAdder();
  }

  void refused() {
    refused.increment();
  }

  void waiting(int now) {
    waiting = now;
  }

  void holding(int runningNow, int used, int cached) {
    running = runningNow;
    pagesUsed = used;
    pagesCached = cached;
  }

  void started(Sequence sequence) {
    requests.increment();
    cachedTokens.add(sequence.cachedTokens());
    queueNanos.add(sequence.started() - sequence.submitted());
    shares(sequence, share -> share.requests.increment());
  }

  void prompt(Sequence sequence, int tokens) {
    promptTokens.add(tokens);
    shares(sequence, share -> share.promptTokens.add(tokens));
  }

  void generated(Sequence sequence) {
    generatedTokens.increment();
    shares(sequence, share -> share.generatedTokens.increment());
  }

  void step(int batchRows, int adapterSwitches) {
    steps.increment();
    rows.add(batchRows);
    switches.add(adapterSwitches);
  }

  void preempted() {
    preemptions.increment();
  }

  void completed(Outcome.Timings timings) {
    prefillNanos.add(timings.prefill().toNanos());
    decodeNanos.add(timings.decode().toNanos());
  }

  private void shares(Sequence sequence, Consumer<Share> count) {
    if (sequence.adapters().length == 0) {
      count.accept(share(BASE));
    }
    for (Applied applied : sequence.adapters()) {
      count.accept(share(applied.adapter().name()));
    }
  }

  private Share share(String adapter) {
    return byAdapter.computeIfAbsent(adapter, name -> new Share());
  }

  BackendStatistics snapshot(int pages, long adapterLoads, long adapterEvictions) {
    Map<String, AdapterShare> shares = new HashMap<>();
    byAdapter.forEach(
        (name, share) ->
            shares.put(
                name,
                new AdapterShare(
                    share.requests.sum(), share.promptTokens.sum(), share.generatedTokens.sum())));
    return new BackendStatistics(
        waiting,
        running,
        pages,
        pagesUsed,
        pagesCached,
        requests.sum(),
        refused.sum(),
        preemptions.sum(),
        promptTokens.sum(),
        cachedTokens.sum(),
        generatedTokens.sum(),
        steps.sum(),
        rows.sum(),
        queueNanos.sum(),
        prefillNanos.sum(),
        decodeNanos.sum(),
        adapterLoads,
        adapterEvictions,
        switches.sum(),
        shares);
  }
}
