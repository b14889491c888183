package dev.pusula.completion.control;

import dev.pusula.inference.entity.Outcome;
import dev.pusula.routing.control.Lease;
import java.util.List;

/**
 * The replicas that an answer keeps busy, one for each of its adapters. Told once how it ended;
 * closing one that was not told frees them without a verdict.
 */
public final class AnswerLease implements AutoCloseable {

  private final Attribution attribution;
  private final List<Lease> leases;

  /** For what answers in the end, and the replicas that this takes. */
  public AnswerLease(Attribution attribution, List<Lease> leases) {
    this.attribution = attribution;
    this.leases = List.copyOf(leases);
  }

  /** Who answers in the end: adapters without a healthy replica are left out. */
  public Attribution attribution() {
    return attribution;
  }

  /**
   * A backend that fails or is late counts against its replicas; a request that was refused, wrong
   * or cancelled does not.
   */
  public void ended(Outcome outcome) {
    for (Lease lease : leases) {
      if (outcome instanceof Outcome.Completed) {
        lease.succeeded();
      } else if (outcome instanceof Outcome.Failed || outcome instanceof Outcome.TimedOut) {
        lease.failed();
      } else {
        lease.close();
      }
    }
  }

  @Override
  public void close() {
    leases.forEach(Lease::close);
  }
}
