package dev.pusula.routing.control;

import dev.pusula.balancing.ReplicaSnapshot;
import dev.pusula.routing.entity.RouteDecision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * The router for monitoring: {@code pusula_routes_total} by sector, {@code general} for the
 * fallback, and gauges for each replica of each adapter. Counters never go back, so resetting the
 * statistics leaves them alone; the gauges of replicas show the statistics and go back with them.
 */
@ApplicationScoped
public class RouteMetrics {

  private static final Metadata ROUTES =
      Metadata.builder()
          .withName("pusula.routes")
          .withDescription("Texts routed, by sector; general is the fallback")
          .build();

  private static final Map<String, ToDoubleFunction<ReplicaSnapshot>> GAUGES =
      Map.of(
          "chosen", ReplicaSnapshot::chosen,
          "requests", ReplicaSnapshot::requests,
          "errors", ReplicaSnapshot::errors,
          "in.flight", ReplicaSnapshot::inFlight,
          "healthy", replica -> replica.healthy() ? 1 : 0,
          "p95.micros", ReplicaSnapshot::p95Micros);

  @Inject private MetricRegistry registry;

  private final Map<String, Counter> bySector = new ConcurrentHashMap<>();
  private final Set<String> watched = ConcurrentHashMap.newKeySet();

  /** Counts one decision. */
  public void count(RouteDecision decision) {
    bySector
        .computeIfAbsent(
            decision.sector(), sector -> registry.counter(ROUTES, new Tag("sector", sector)))
        .inc();
  }

  /** Shows the replicas that the router knows now. */
  void watch(Router router) {
    router
        .balancer()
        .snapshot()
        .forEach(
            (adapter, replicas) ->
                replicas.keySet().stream()
                    .filter(replica -> watched.add(adapter + "\n" + replica))
                    .forEach(replica -> watch(router, adapter, replica)));
  }

  private void watch(Router router, String adapter, String replica) {
    Tag[] tags = {new Tag("adapter", adapter), new Tag("replica", replica)};
    GAUGES.forEach(
        (name, value) ->
            registry.gauge(
                "pusula.replica." + name,
                () -> {
                  ReplicaSnapshot now = router.balancer().snapshot(adapter, replica);
                  return now == null ? 0.0 : value.applyAsDouble(now);
                },
                tags));
  }
}
