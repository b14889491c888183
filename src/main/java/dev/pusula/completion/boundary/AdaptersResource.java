package dev.pusula.completion.boundary;

import dev.pusula.completion.control.Adapters;
import dev.pusula.completion.control.Completions;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * What the inference backend serves, and changing it while it runs. Whoever reaches the service may
 * change it, as with the router's reload: the service is offered on a loopback address, and the
 * media type and the method keep pages of other origins out of a browser's reach.
 */
@Path("api/adapters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "adapters")
public class AdaptersResource {

  private static final Adapters.Fields FIELDS = new Adapters.Fields("name", "path");

  @Inject private Completions completions;
  @Inject private Adapters adapters;

  /** The base model and its adapters. */
  @GET
  @Operation(
      summary = "The served model and its adapters",
      description =
          "With the fingerprints by which two benchmark runs are told apart. One that is not resident is read"
              + " again when a request names it.")
  @APIResponse(responseCode = "200", description = "backend, model, adapters by name")
  public AdaptersResponse adapters() {
    InferenceBackend backend = completions.backend();
    return new AdaptersResponse(backend.name(), backend.model(), backend.adapters());
  }

  /** One adapter. */
  @GET
  @Path("{name}")
  @Operation(summary = "One adapter")
  @APIResponse(responseCode = "200", description = "the adapter")
  @APIResponse(
      responseCode = "404",
      description = "no adapter of this name",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public ServedAdapter adapter(@PathParam("name") String name) {
    return adapters.served().stream()
        .filter(adapter -> adapter.name().equals(name))
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("there is no adapter " + name));
  }

  /** Reads an adapter and serves it; generation goes on meanwhile. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Serve an adapter",
      description =
          "Reads a folder as PEFT saves it, inside the adapter root (pusula.adapter-root, or adapters in the"
              + " checkpoint's folder). One of the same name is replaced; requests under way keep it.")
  @APIResponse(
      responseCode = "201",
      description = "it can be named from now on",
      content = @Content(schema = @Schema(implementation = ServedAdapter.class)))
  @APIResponse(
      responseCode = "200",
      description = "it can be named from now on, in the place of another",
      content = @Content(schema = @Schema(implementation = ServedAdapter.class)))
  @APIResponse(
      responseCode = "400",
      description = "the name is of the wrong form or taken by something else",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "403",
      description = "the path leads out of the adapter root",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "422",
      description = "there is no such folder, or it holds no adapter for this model",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "501",
      description = "the backend's adapters cannot be changed",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public Response load(@Nullable AdapterRequest body, @Context UriInfo uri) {
    AdapterRequest request = CompletionOptions.requireBody(body);
    AdapterChange.Loaded loaded = adapters.load(request.name(), request.path(), FIELDS);
    Response.ResponseBuilder response =
        loaded.replaced()
            ? Response.ok()
            : Response.created(uri.getAbsolutePathBuilder().path(loaded.adapter().name()).build());
    return response.entity(loaded.adapter()).build();
  }

  /** Stops serving an adapter. */
  @DELETE
  @Path("{name}")
  @Operation(
      summary = "Stop serving an adapter",
      description = "Its files stay. Requests under way keep it to their end.")
  @APIResponse(responseCode = "204", description = "it can no longer be named")
  @APIResponse(
      responseCode = "404",
      description = "no adapter of this name",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "501",
      description = "the backend's adapters cannot be changed",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public void unload(@PathParam("name") String name) {
    adapters.unload(name, FIELDS.name());
  }

  /**
   * An adapter to serve.
   *
   * @param name letters, digits, dots, underscores and hyphens, at most 100
   * @param path its folder, relative to the adapter root
   */
  @Schema(
      description = "An adapter to serve",
      example = "{\"name\":\"insurance_adapter\",\"path\":\"insurance-2026-11\"}")
  public record AdapterRequest(@Nullable String name, @Nullable String path) {}

  /**
   * What is served.
   *
   * @param backend what computes
   * @param model the base
   * @param adapters by name
   */
  @Schema(
      description = "What is served",
      example =
          "{\"backend\":\"engine-cpu-vector\",\"model\":{\"id\":\"pusula-untrained\",\"description\":\"Llama, 4 layers\","
              + "\"untrained\":true,\"context_length\":2048,\"precision\":\"bfloat16\",\"fingerprint\":\"9f86d081884c7d65\"},"
              + "\"adapters\":[{\"name\":\"insurance_adapter\",\"rank\":8,\"bytes\":149504,\"fingerprint\":\"2c26b46b68ffc68f\","
              + "\"resident\":true}]}")
  public record AdaptersResponse(String backend, ServedModel model, List<ServedAdapter> adapters) {}
}
