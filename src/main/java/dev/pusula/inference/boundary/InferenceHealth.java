package dev.pusula.inference.boundary;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.InferenceBackend;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether the backend takes requests, on what, and why not faster. */
@Readiness
@ApplicationScoped
public class InferenceHealth implements HealthCheck {

  @Inject private Backends backends;

  @Override
  public HealthCheckResponse call() {
    InferenceBackend backend = backends.backend();
    InferenceBackend.BackendHealth health = backend.health();
    return HealthCheckResponse.named("inference")
        .status(health.up())
        .withData("backend", backend.name())
        .withData("model", backend.model().id())
        .withData("untrained", backend.model().untrained())
        .withData("adapters", backend.adapters().size())
        .withData("reason", health.reason())
        .withData("gpu", backends.gpu())
        .build();
  }
}
