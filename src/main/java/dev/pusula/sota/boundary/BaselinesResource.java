package dev.pusula.sota.boundary;

import dev.pusula.sota.control.BaselineStore;
import dev.pusula.sota.control.Comparer;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Published figures of other models. */
@Path("api/baselines")
@RequestScoped
@Tag(name = "baselines")
public class BaselinesResource {

  @Inject
  @SuppressWarnings("NullAway.Init")
  private BaselineStore store;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  /** Lists baselines. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Baselines with source, date, confidence and setting")
  @APIResponse(
      responseCode = "200",
      description = "by model and metric; unsourced figures last",
      content = @Content(schema = @Schema(implementation = BaselineResponse[].class)))
  public List<BaselineResponse> list(
      @Parameter(description = "only this model", example = "GPT-4") @QueryParam("model")
          @Nullable String model,
      @Parameter(description = "only this metric", example = "ttft.p95") @QueryParam("metric")
          @Nullable String metric) {
    Comparer comparer = new Comparer(clock);
    return store.find(model, metric).stream()
        .map(baseline -> new BaselineResponse(baseline, comparer.stale(baseline)))
        .toList();
  }
}
