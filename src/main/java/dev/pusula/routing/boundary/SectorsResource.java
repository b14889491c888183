package dev.pusula.routing.boundary;

import dev.pusula.balancing.Replica;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import dev.pusula.routing.control.Router;
import dev.pusula.routing.entity.Sector;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The configured sectors. */
@Path("api/sectors")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "sectors")
public class SectorsResource {

  @Inject private Router router;

  /** All, in the order of the file. */
  @GET
  @Operation(summary = "All sectors, in the order of the configuration")
  @APIResponse(responseCode = "200", description = "the sectors")
  public List<SectorResponse> sectors() {
    return router.configuration().sectors().stream().map(SectorResponse::of).toList();
  }

  /** One. */
  @GET
  @Path("{id}")
  @Operation(summary = "One sector")
  @APIResponse(responseCode = "200", description = "the sector")
  @APIResponse(
      responseCode = "404",
      description = "no such sector",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public SectorResponse sector(@PathParam("id") String id) {
    return router
        .configuration()
        .sector(id)
        .map(SectorResponse::of)
        .orElseThrow(
            () ->
                ProblemException.notFound(
                    "there is no sector " + id + "; GET /api/sectors lists them"));
  }

  /**
   * A sector as configured.
   *
   * @param adapter name of its adapter, as {@code /v1/models} lists it
   */
  @Schema(description = "A sector as configured")
  public record SectorResponse(
      String id,
      String name,
      String description,
      String adapter,
      String adapterPath,
      int priority,
      List<String> keywords,
      List<Replica> replicas) {
    static SectorResponse of(Sector sector) {
      return new SectorResponse(
          sector.id(),
          sector.name(),
          sector.description(),
          sector.adapter(),
          sector.adapterPath(),
          sector.priority(),
          sector.keywords(),
          sector.replicas());
    }
  }
}
