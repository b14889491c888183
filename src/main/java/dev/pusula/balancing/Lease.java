package dev.pusula.balancing;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request under way at a replica. Told once how it ended; later words are ignored. Closing one
 * that was not told counts it as ended without a verdict, as when the client went away.
 */
public final class Lease implements AutoCloseable {

  private final ReplicaLoad replica;
  private final boolean probe;
  private final long startNanos;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(ReplicaLoad replica, boolean probe, long startNanos) {
    this.replica = replica;
    this.probe = probe;
    this.startNanos = startNanos;
  }

  /** The replica's name. */
  public String replica() {
    return replica.name();
  }

  /** It answered. */
  public void succeeded() {
    if (ended.compareAndSet(false, true)) {
      replica.succeeded(startNanos);
    }
  }

  /** It failed or was too late: the replica's fault, not the request's. */
  public void failed() {
    if (ended.compareAndSet(false, true)) {
      replica.failed(startNanos, probe);
    }
  }

  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      replica.abandoned(probe);
    }
  }
}
