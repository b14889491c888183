package dev.pusula.completion.control;

import dev.pusula.balancing.Lease;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

  /**
   * Takes a replica for each adapter. Where the router chose the adapters, those without a healthy
   * replica are left out, and of the others the weakest beyond {@code most}; the rest keep their
   * proportions. An adapter that was asked for by name is owed. One that is applied alone where no
   * more can be has weight 1, the adapter as trained.
   *
   * @param most adapters that can be applied at once, at least 1
   * @param acquire starts a request at a replica of an adapter; empty while none is healthy
   * @return empty while nothing of what is owed has a healthy replica
   */
  static Optional<AnswerLease> take(
      Attribution wanted, int most, Function<String, Optional<Lease>> acquire) {
    List<AdapterWeight> candidates = new ArrayList<>(wanted.adapters());
    if (candidates.size() > most) {
      candidates.sort(Comparator.comparingDouble(AdapterWeight::weight).reversed());
    }
    List<AdapterWeight> taken = new ArrayList<>();
    List<Lease> leases = new ArrayList<>();
    for (AdapterWeight adapter : candidates) {
      Optional<Lease> lease =
          taken.size() < most ? acquire.apply(adapter.adapter()) : Optional.empty();
      if (lease.isPresent()) {
        taken.add(adapter);
        leases.add(lease.get());
      }
    }
    boolean routed = wanted.score() != null;
    boolean enough = taken.size() == candidates.size() || routed && !taken.isEmpty();
    if (!enough) {
      leases.forEach(Lease::close);
      return Optional.empty();
    }
    return Optional.of(
        new AnswerLease(most == 1 ? wanted.alone(taken) : wanted.with(taken), leases));
  }

  /** Who answers in the end. */
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
