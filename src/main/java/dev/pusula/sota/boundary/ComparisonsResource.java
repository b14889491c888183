package dev.pusula.sota.boundary;

import dev.pusula.benchmark.control.RunStore;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.platform.Problem;
import dev.pusula.sota.control.BaselineStore;
import dev.pusula.sota.control.Comparer;
import dev.pusula.sota.control.RunComparisons;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** A run beside the baselines. */
@Path("api/runs/{id}/comparisons")
@RequestScoped
@Tag(name = "baselines")
public class ComparisonsResource {

  @Inject
  @SuppressWarnings("NullAway.Init")
  private RunStore runs;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private BaselineStore baselines;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  /** Compares a run. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "A run's figures beside published ones",
      description = "A ratio is given only where every field of the setting is known and equal.")
  @APIResponse(
      responseCode = "200",
      description = "one for each baseline whose metric the run has",
      content = @Content(schema = @Schema(implementation = ComparisonResponse[].class)))
  @APIResponse(
      responseCode = "404",
      description = "no such run",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public List<ComparisonResponse> list(
      @PathParam("id") UUID id,
      @Parameter(description = "only this model", example = "GPT-4") @QueryParam("baseline")
          @Nullable String model) {
    Run run = runs.get(id);
    return new RunComparisons(new Comparer(clock))
        .compare(run, runs.measurements(id), baselines.find(model, null)).stream()
            .map(ComparisonResponse::of)
            .toList();
  }
}
