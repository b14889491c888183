package dev.pusula.routing.boundary;

import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import dev.pusula.routing.control.InvalidConfigurationException;
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

  /** Reads the sectors file again. */
  @POST
  @Path("reload")
  @Operation(
      summary = "Read the sectors file again",
      description = "Swaps configuration and classifier as one. A broken file changes nothing.")
  @APIResponse(responseCode = "200", description = "what is loaded now")
  @APIResponse(
      responseCode = "422",
      description = "the file is broken; each fault with its line and field",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RouterResponse reload() {
    try {
      router.reload();
    } catch (InvalidConfigurationException e) {
      throw ProblemException.unprocessable(
          "the sectors file is broken; the configuration loaded before stays",
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
    return router.statistics().snapshot();
  }

  /** Sets the counts to zero. */
  @DELETE
  @Path("statistics")
  @Operation(summary = "Set the statistics to zero")
  @APIResponse(responseCode = "204", description = "done")
  public void reset() {
    router.statistics().reset();
  }

  /**
   * What the router decides with.
   *
   * @param configuration version of the sectors file
   * @param source the file
   * @param loadedAt when it was read
   * @param uptimeSeconds since the service started
   * @param classifier how texts are scored
   */
  @Schema(description = "What the router decides with")
  public record RouterResponse(
      String configuration,
      String source,
      Instant loadedAt,
      double uptimeSeconds,
      String classifier,
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
          router.loadedAt(),
          router.uptime().toMillis() / 1e3,
          "keywords",
          configuration.sectors().size(),
          settings.defaultAdapter(),
          settings.fallbackThreshold(),
          settings.maxExperts(),
          settings.loadBalancing().id());
    }
  }
}
