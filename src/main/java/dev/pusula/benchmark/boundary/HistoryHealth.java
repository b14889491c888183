package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.control.SampleStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the history's database answers. */
@Readiness
@ApplicationScoped
public class HistoryHealth implements HealthCheck {

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("history").status(samples.answers()).build();
  }
}
