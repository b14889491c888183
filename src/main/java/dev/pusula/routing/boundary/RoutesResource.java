package dev.pusula.routing.boundary;

import dev.pusula.platform.Clocks;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import dev.pusula.routing.control.Router;
import dev.pusula.routing.entity.RouteDecision;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Decides for texts which adapters answer them, without generating anything. */
@Path("api/routes")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "routes")
public class RoutesResource {

  private static final int MAX_CHARACTERS = 100_000;
  private static final int MAX_BATCH = 1_000;

  @Inject private Router router;

  /** One text. */
  @POST
  @Operation(summary = "Decide which sector and adapters a text belongs to")
  @APIResponse(responseCode = "200", description = "the decision")
  @APIResponse(
      responseCode = "400",
      description = "malformed, or no text",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "413",
      description = "longer than 100,000 characters",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RouteResponse route(@Nullable RouteRequest request) {
    return decide(request, "");
  }

  /** Many texts. */
  @POST
  @Path("batch")
  @Operation(
      summary = "Decide for up to 1,000 texts",
      description = "Answers in the order of the request.")
  @APIResponse(responseCode = "200", description = "the decisions")
  @APIResponse(
      responseCode = "400",
      description = "malformed, or an entry without text; the field names the entry",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "413",
      description = "more than 1,000 entries, or one that is too long",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public List<RouteResponse> batch(@Nullable List<@Nullable RouteRequest> requests) {
    if (requests == null || requests.isEmpty()) {
      throw ProblemException.badRequest("must be an array with at least one entry", "body");
    }
    if (requests.size() > MAX_BATCH) {
      throw ProblemException.tooLarge(
          "a batch holds at most " + MAX_BATCH + " entries, not " + requests.size());
    }
    List<RouteResponse> responses = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      responses.add(decide(requests.get(i), "[" + i + "]."));
    }
    return responses;
  }

  private RouteResponse decide(@Nullable RouteRequest request, String prefix) {
    String text = request == null ? null : request.text();
    if (text == null || text.isBlank()) {
      throw ProblemException.badRequest("must not be blank", prefix + "text");
    }
    if (text.length() > MAX_CHARACTERS) {
      throw ProblemException.tooLarge(
          prefix
              + "text has "
              + text.length()
              + " characters; at most "
              + MAX_CHARACTERS
              + " are routed");
    }
    long start = Clocks.NANO.getAsLong();
    if (request != null && request.explained()) {
      Router.Explained explained = router.explained(text);
      return RouteResponse.of(
          explained.decision(), explained.explanation(), Clocks.NANO.getAsLong() - start);
    }
    RouteDecision decision = router.route(text);
    return RouteResponse.of(decision, null, Clocks.NANO.getAsLong() - start);
  }
}
