package dev.pusula.routing.boundary;

import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import dev.pusula.routing.control.InvalidConfigurationException;
import dev.pusula.routing.control.ReloadableRouter;
import dev.pusula.routing.control.Router;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.StatisticsSnapshot;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** State and statistics of the router. */
@Path("api/router")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "router")
public class RouterResource {

  @Inject private Router router;

  /** What is loaded. */
  @GET
  @Operation(summary = "What the router decides with")
  @APIResponse(responseCode = "200", description = "configuration and settings")
  public RouterResponse status() {
    return RouterResponse.of(router);
  }

  /** Reads the sectors file and the model again. */
  @POST
  @Path("reload")
  @Operation(
      summary = "Read the sectors file and the model again",
      description =
          "Swaps configuration and model as one. A broken file changes nothing; the answer and the health tell.")
  @APIResponse(responseCode = "200", description = "what is loaded now")
  @APIResponse(
      responseCode = "422",
      description = "a file is broken; each fault of the sectors file with its line and field",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RouterResponse reload() {
    try {
      router.reload();
    } catch (InvalidConfigurationException e) {
      throw ProblemException.unprocessable(
          "a file is broken; what was loaded before stays in use",
          e.faults().stream()
              .map(fault -> new Problem.FieldError(fault.field(), fault.located()))
              .toList());
    }
    return RouterResponse.of(router);
  }

  /** Counts. */
  @GET
  @Path("statistics")
  @Operation(summary = "What was decided since the start or the last reset")
  @APIResponse(
      responseCode = "200",
      description = "counts by sector, adapter and replica, and the time of a decision")
  public StatisticsSnapshot statistics() {
    return router.statistics();
  }

  /** Sets the counts to zero. */
  @DELETE
  @Path("statistics")
  @Operation(summary = "Set the statistics to zero")
  @APIResponse(responseCode = "204", description = "done")
  public void reset() {
    router.resetStatistics();
  }

  /**
   * What the router decides with.
   *
   * @param configuration version of the sectors file
   * @param source the sectors file
   * @param model version of the classifier
   * @param modelSource the model's file
   * @param loadedAt when they were read
   * @param uptimeSeconds since the service started
   * @param failedReload why the last reload changed nothing; null if it succeeded
   */
  @Schema(description = "What the router decides with")
  public record RouterResponse(
      String configuration,
      String source,
      String model,
      String modelSource,
      Instant loadedAt,
      double uptimeSeconds,
      @Nullable String failedReload,
      int sectors,
      String defaultAdapter,
      double fallbackThreshold,
      int maxExpertsPerToken,
      String loadBalancing) {
    static RouterResponse of(Router router) {
      RoutingConfiguration configuration = router.configuration();
      RoutingConfiguration.Settings settings = configuration.settings();
      return new RouterResponse(
          configuration.version(),
          router.source(),
          router.model(),
          router.modelSource(),
          router.loadedAt(),
          router.uptime().toMillis() / 1e3,
          router.failedReload().map(ReloadableRouter.FailedReload::reason).orElse(null),
          configuration.sectors().size(),
          settings.defaultAdapter(),
          settings.fallbackThreshold(),
          settings.maxExperts(),
          settings.loadBalancing().id());
    }
  }
}
