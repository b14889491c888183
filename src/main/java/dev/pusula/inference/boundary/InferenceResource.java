package dev.pusula.inference.boundary;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GpuLoad;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What the inference backend is doing. */
@Path("api/inference")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "inference")
public class InferenceResource {

  @Inject private Backends backends;

  /** Queue, batches, pages and tokens. */
  @GET
  @Operation(
      summary = "What inference did and holds",
      description =
          "Totals since the start, and what waits, runs and is held now. The same figures are in /metrics;"
              + " a benchmark stores them with its resource samples.")
  @APIResponse(responseCode = "200", description = "the backend, its state and its statistics")
  public InferenceResponse inference() {
    InferenceBackend backend = backends.backend();
    InferenceBackend.BackendHealth health = backend.health();
    return new InferenceResponse(
        backend.name(),
        health.up(),
        health.reason(),
        backend.gpu().orElse(null),
        backend.statistics());
  }

  /**
   * The backend now.
   *
   * @param backend what computes
   * @param up whether it takes requests
   * @param reason why not, or a remark
   * @param gpu what its GPU is doing; null without one
   * @param statistics totals and gauges
   */
  @Schema(description = "What the backend did since it was opened, and what it holds now")
  public record InferenceResponse(
      String backend,
      boolean up,
      String reason,
      @Nullable GpuLoad gpu,
      BackendStatistics statistics) {}
}
