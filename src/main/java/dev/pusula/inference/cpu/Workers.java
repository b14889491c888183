package dev.pusula.inference.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share the parts of one task at a time. The caller works too and returns when
 * all parts are done. Built for tasks of some microseconds: threads spin a little before they
 * sleep, and nothing is allocated.
 *
 * <p>How it works. One word holds the task's number and how many parts nobody has taken. A thread
 * takes a part by lowering it, and only then looks at the task: while a part is out the caller
 * waits, so what it sees belongs to that number. A thread that comes late finds nothing to take.
 */
final class Workers implements AutoCloseable {

  /** Longer than the gap between two tasks of a forward pass, short beside a time slice. */
  private static final int SPINS = 20_000;

  /** One task; called once for each part, by several threads at once. */
  interface Task {
    /**
     * Does one part.
     *
     * @param worker below {@link #count()}; two parts that run at once have different ones
     */
    void run(int part, int worker);
  }

  private final AtomicLong open = new AtomicLong();
  private final AtomicInteger done = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable Task task;
  private volatile @Nullable Throwable failure;
  private volatile int sleeping;
  private volatile boolean closed;

  /** With so many threads, the caller's own included. */
  Workers(int count) {
    for (int i = 1; i < count; i++) {
      int worker = i;
      Thread thread = new Thread(() -> work(worker), "engine-cpu-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Threads, the caller's own included. */
  int count() {
    return threads.size() + 1;
  }

  /** Runs parts 0…parts−1; they may write what other parts do not touch. */
  void run(int parts, Task next) {
    if (parts <= 1 || threads.isEmpty()) {
      for (int part = 0; part < parts; part++) {
        next.run(part, 0);
      }
      return;
    }
    task = next;
    done.set(0);
    long number = (open.get() >>> 32) + 1;
    open.set(number << 32 | parts);
    if (sleeping > 0) {
      threads.forEach(LockSupport::unpark);
    }
    while (takePart(0)) {}
    for (int spin = 0; done.get() < parts; spin++) {
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throw new IllegalStateException("a part of the computation failed", thrown);
    }
  }

  private void work(int worker) {
    while (!closed) {
      int spin = 0;
      while (takePart(worker)) {
        spin = 0;
      }
      while ((int) open.get() == 0 && spin++ < SPINS) {
        Thread.onSpinWait();
      }
      if ((int) open.get() == 0) {
        sleep();
      }
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock of this
  private void sleep() {
    synchronized (this) {
      sleeping++;
    }
    if ((int) open.get() == 0 && !closed) {
      LockSupport.park(this);
    }
    synchronized (this) {
      sleeping--;
    }
  }

  private boolean takePart(int worker) {
    long seen = open.get();
    int left = (int) seen;
    if (left == 0) {
      return false;
    }
    if (open.compareAndSet(seen, seen - 1)) {
      try {
        Objects.requireNonNull(task).run(left - 1, worker);
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        done.incrementAndGet();
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(LockSupport::unpark);
  }
}
