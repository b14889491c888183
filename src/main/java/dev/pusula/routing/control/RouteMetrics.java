package dev.pusula.routing.control;

import dev.pusula.routing.entity.RouteDecision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Decisions for monitoring: {@code pusula_routes_total} by sector, {@code general} for the
 * fallback. Counters never go back, so resetting the statistics leaves them alone.
 */
@ApplicationScoped
public class RouteMetrics {

  private static final Metadata ROUTES =
      Metadata.builder()
          .withName("pusula.routes")
          .withDescription("Texts routed, by sector; general is the fallback")
          .build();

  @Inject private MetricRegistry registry;

  private final Map<String, Counter> bySector = new ConcurrentHashMap<>();

  /** Counts one decision. */
  public void count(RouteDecision decision) {
    bySector
        .computeIfAbsent(
            decision.sector(), sector -> registry.counter(ROUTES, new Tag("sector", sector)))
        .inc();
  }
}
