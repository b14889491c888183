package dev.pusula.routing.boundary;

import dev.pusula.routing.control.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The router is ready when a configuration is loaded, which the start insists on. */
@Readiness
@ApplicationScoped
public class RouterHealth implements HealthCheck {

  @Inject private Router router;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("router")
        .withData("configuration", router.configuration().version())
        .withData("source", router.source())
        .withData("sectors", router.configuration().sectors().size())
        .up()
        .build();
  }
}
