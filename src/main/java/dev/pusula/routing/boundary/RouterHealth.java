package dev.pusula.routing.boundary;

import dev.pusula.routing.control.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * The router is ready when a configuration is loaded, which the start insists on. A reload that
 * failed leaves it ready with what it had, and says so.
 */
@Readiness
@ApplicationScoped
public class RouterHealth implements HealthCheck {

  @Inject private Router router;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder health =
        HealthCheckResponse.named("router")
            .withData("configuration", router.configuration().version())
            .withData("source", router.source())
            .withData("model", router.model())
            .withData("model_source", router.modelSource())
            .withData("sectors", router.configuration().sectors().size());
    router
        .failedReload()
        .ifPresent(
            failed ->
                health
                    .withData("failed_reload_at", failed.at().toString())
                    .withData("failed_reload", failed.reason()));
    return health.up().build();
  }
}
