package dev.pusula.inference.engine;

import dev.pusula.inference.engine.Batch.Applied;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Usage;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Computes many requests in one batch after another, on one thread that owns the device.
 *
 * <p>How a step is made up (continuous batching, Yu et al. 2022; chunked prefill, Agrawal et al.
 * 2024). Every answer under way puts in its one row. Then prompts fill what is left of the step's
 * budget, the oldest first; while answers are under way the budget is small, so that they are not
 * held up. A request is admitted when there are pages for its whole prompt. When an answer needs a
 * page and there is none, the youngest request gives its pages back and waits at the head of the
 * queue to be computed again (recompute; its tokens so far are kept). The oldest request is never
 * put back while a younger one runs, so all end.
 */
final class Scheduler implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());

  private final Transformer transformer;
  private final Device.Cache cache;
  private final PagePool pool;
  private final Batch batch;
  private final Sampler sampler;
  private final IntFunction<byte[]> bytes;
  private final Capacity capacity;
  private final int context;
  private final LongSupplier nanoClock;
  private final EngineCounters counters = new EngineCounters();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // Guarded by the lock.
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private boolean closed;

  // The thread's own.
  private final List<Sequence> running = new ArrayList<>();
  private final List<Sequence> planned = new ArrayList<>();
  private int[] plannedRows = new int[16];
  private int scoredRows;

  /**
   * Starts the thread.
   *
   * @param context most positions of a sequence
   * @param bytes of a token
   */
  Scheduler(
      Transformer transformer,
      Device device,
      Device.Cache cache,
      Capacity capacity,
      int context,
      IntFunction<byte[]> bytes,
      LongSupplier nanoClock) {
    this.transformer = transformer;
    this.cache = cache;
    this.pool = new PagePool(cache.pages());
    this.capacity = capacity;
    this.context = context;
    this.bytes = bytes;
    this.nanoClock = nanoClock;
    this.batch = Batch.of(capacity.rows());
    this.sampler = new Sampler(device, transformer.config().vocabulary(), bytes);
    this.thread = new Thread(this::loop, "engine");
    thread.setDaemon(true);
    thread.start();
  }

  EngineCounters counters() {
    return counters;
  }

  boolean alive() {
    return thread.isAlive();
  }

  /** Queues a request; false where the queue is full or the scheduler stops. */
  boolean offer(Sequence sequence) {
    lock.lock();
    try {
      if (closed || waiting.size() >= capacity.queue()) {
        return false;
      }
      waiting.addLast(sequence);
      counters.waiting(waiting.size());
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Requests that wait. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    while (awaitWork()) {
      try {
        step();
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a forward pass failed", e);
        failAll("the engine failed; see the server's log");
      }
    }
    lock.lock();
    try {
      running.addAll(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    failAll("the backend was stopped");
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      while (!closed && running.isEmpty() && waiting.isEmpty()) {
        work.awaitUninterruptibly();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void failAll(String message) {
    for (Sequence sequence : List.copyOf(running)) {
      finish(sequence, new Outcome.Failed(message));
    }
  }

  private void step() {
    sweep();
    plan();
    if (batch.rows() == 0) {
      return;
    }
    Device.Buffer logits = transformer.forward(batch, cache);
    counters.step(batch.rows(), switches());
    int row = 0;
    for (int i = 0; i < planned.size(); i++) {
      Sequence sequence = planned.get(i);
      int rows = plannedRows[i];
      boolean speaks = rows == sequence.pending();
      if (sequence.generated() == 0) {
        counters.prompt(sequence, rows);
      }
      row = score(sequence, rows, logits, row);
      sequence.advance(rows, pool);
      if (speaks) {
        guarded(sequence, logits, row++);
      }
    }
    counters.holding(running.size(), pool.pages() - pool.available(), pool.cached());
  }

  /** Takes what the rows say of the prompt's own tokens; returns the logits' next row. */
  private int score(Sequence sequence, int rows, Device.Buffer logits, int row) {
    int next = row;
    for (int i = sequence.computed(); i < sequence.computed() + rows; i++) {
      if (sequence.scores(i)) {
        sequence.scored(
            sampler.score(
                logits, next++, sequence.tokens()[i + 1], sequence.request().promptLogprobs()));
      }
    }
    return next;
  }

  /** Ends what was cancelled or is late, wherever it is. */
  private void sweep() {
    long now = nanoClock.getAsLong();
    for (int i = running.size() - 1; i >= 0; i--) {
      Sequence sequence = running.get(i);
      sequence.interrupted(now).ifPresent(outcome -> finish(sequence, outcome));
    }
    List<Sequence> gone = new ArrayList<>(0);
    lock.lock();
    try {
      waiting.removeIf(sequence -> sequence.interrupted(now).isPresent() && gone.add(sequence));
      counters.waiting(waiting.size());
    } finally {
      lock.unlock();
    }
    for (Sequence sequence : gone) {
      finish(sequence, sequence.interrupted(now).orElseThrow());
    }
  }

  private void plan() {
    batch.clear();
    planned.clear();
    scoredRows = 0;
    // Those behind may be put back while those before are planned.
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (sequence.pending() == 1 && reserve(sequence)) {
        add(sequence, 1);
      }
    }
    int budget = batch.rows() == 0 ? capacity.chunk() : capacity.sharedChunk();
    for (int i = 0; i < running.size() && budget > 0; i++) {
      budget -= prefill(running.get(i), budget);
    }
    while (budget > 0 && running.size() < capacity.running()) {
      Optional<Sequence> next = admit();
      if (next.isEmpty()) {
        break;
      }
      budget -= prefill(next.get(), budget);
    }
    if (batch.rows() == 0 && running.size() > 1) {
      // Half-read prompts hold every page.
      putBack(running.get(running.size() - 1));
    }
  }

  /** Room for an answer's next position, if need be that of younger requests. */
  private boolean reserve(Sequence sequence) {
    while (!sequence.reserve(pool, sequence.length())) {
      Sequence youngest = running.get(running.size() - 1);
      putBack(youngest);
      if (youngest == sequence) {
        return false;
      }
    }
    return true;
  }

  /** Plans up to so many rows of a prompt; returns how many. */
  private int prefill(Sequence sequence, int budget) {
    if (planned.contains(sequence) || sequence.pending() == 0) {
      return 0;
    }
    int most = sequence.request().scoresPrompt() ? Capacity.SCORED_ROWS - scoredRows : budget;
    int wanted = Math.min(Math.min(budget, most), sequence.pending());
    sequence.reserve(pool, sequence.computed() + wanted);
    int rows = Math.min(wanted, sequence.pageCount() * Device.PAGE - sequence.computed());
    if (rows > 0) {
      add(sequence, rows);
    }
    return rows;
  }

  private void add(Sequence sequence, int rows) {
    int first = sequence.computed();
    Applied[] adapters = sequence.adapters();
    for (int i = first; i < first + rows; i++) {
      boolean scores = sequence.scores(i);
      scoredRows += scores ? 1 : 0;
      batch.add(
          sequence.tokens()[i],
          i,
          sequence.pages(),
          adapters,
          scores || i == sequence.length() - 1);
    }
    if (planned.size() == plannedRows.length) {
      plannedRows = Arrays.copyOf(plannedRows, 2 * plannedRows.length);
    }
    plannedRows[planned.size()] = rows;
    planned.add(sequence);
  }

  /** Takes the first of the queue in, if there are pages for all its tokens. */
  private Optional<Sequence> admit() {
    lock.lock();
    try {
      Sequence next = waiting.peekFirst();
      if (next == null) {
        return Optional.empty();
      }
      next.shareBeginning(pool, root(next));
      int needed = (next.length() + Device.PAGE) / Device.PAGE - next.pageCount();
      if (pool.available() < needed && !running.isEmpty()) {
        next.releasePages(pool);
        return Optional.empty();
      }
      waiting.removeFirst();
      running.add(next);
      if (!next.hasStarted()) {
        next.start(nanoClock.getAsLong());
        counters.started(next);
      }
      return Optional.of(next);
    } finally {
      lock.unlock();
    }
  }

  private long root(Sequence sequence) {
    List<Object> key = new ArrayList<>(2 * sequence.adapters().length);
    for (Applied applied : sequence.adapters()) {
      key.add(applied.adapter().number());
      key.add(applied.weight());
    }
    return pool.root(key);
  }

  private void putBack(Sequence sequence) {
    running.remove(sequence);
    sequence.releasePages(pool);
    counters.preempted();
    lock.lock();
    try {
      waiting.addFirst(sequence);
    } finally {
      lock.unlock();
    }
  }

  /** A listener that throws ends its own request only. */
  private void guarded(Sequence sequence, Device.Buffer logits, int row) {
    try {
      speak(sequence, logits, row);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a generation failed", e);
      finish(sequence, new Outcome.Failed("the engine failed; see the server's log"));
    }
  }

  private void speak(Sequence sequence, Device.Buffer logits, int row) {
    Sampler.Drawn drawn = sampler.draw(sequence, logits, row);
    sequence.spoke(nanoClock.getAsLong());
    if (!sequence.request().ignoreEnd() && transformer.config().endTokens().contains(drawn.id())) {
      complete(sequence, FinishReason.STOP);
      return;
    }
    counters.generated(sequence);
    sequence.accept(drawn.id(), bytes.apply(drawn.id()), drawn.logprob());
    if (sequence.stopped()) {
      complete(sequence, FinishReason.STOP);
    } else if (sequence.generated() >= sequence.request().maxTokens()
        || sequence.length() > context) {
      complete(sequence, FinishReason.LENGTH);
    }
  }

  private void complete(Sequence sequence, FinishReason reason) {
    sequence.flush();
    long now = nanoClock.getAsLong();
    Outcome.Timings timings =
        new Outcome.Timings(
            Duration.ofNanos(sequence.started() - sequence.submitted()),
            Duration.ofNanos(sequence.firstToken() - sequence.started()),
            Duration.ofNanos(now - sequence.firstToken()));
    counters.completed(timings);
    finish(
        sequence,
        new Outcome.Completed(
            reason,
            new Usage(sequence.promptLength(), sequence.generated(), sequence.cachedTokens()),
            timings,
            sequence.promptLogprobs()));
  }

  private void finish(Sequence sequence, Outcome outcome) {
    running.remove(sequence);
    sequence.releasePages(pool);
    counters.holding(running.size(), pool.pages() - pool.available(), pool.cached());
    try {
      sequence.end(outcome);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a listener failed at the end of its generation", e);
    }
  }

  private int switches() {
    int switches = 0;
    for (int row = 1; row < batch.rows(); row++) {
      if (!batch.sameAdapters(row - 1, row)) {
        switches++;
      }
    }
    return switches;
  }
}
