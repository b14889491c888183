package dev.pusula.completion.boundary;

import dev.pusula.completion.control.Adapters;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * vLLM's way to change the served adapters, for tools that were written for it. The same rules as
 * {@link AdaptersResource}: paths are relative to the adapter root.
 */
@Path("v1")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.TEXT_PLAIN)
@Tag(name = "adapters")
public class LoraAdaptersResource {

  private static final Adapters.Fields FIELDS = new Adapters.Fields("lora_name", "lora_path");

  @Inject private Adapters adapters;

  /** Reads an adapter and serves it, in the place of another of its name. */
  @POST
  @Path("load_lora_adapter")
  @Operation(summary = "Serve an adapter, as vLLM is told to")
  @APIResponse(responseCode = "200", description = "it can be named from now on")
  @APIResponse(
      responseCode = "400",
      description = "the name is of the wrong form or taken by something else",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "403",
      description = "the path leads out of the adapter root",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "422",
      description = "there is no such folder, or it holds no adapter for this model",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "501",
      description = "the backend's adapters cannot be changed",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  public String load(@Nullable LoadLoraAdapterRequest body) {
    LoadLoraAdapterRequest request = CompletionOptions.requireBody(body);
    adapters.load(request.loraName(), request.loraPath(), FIELDS);
    return "Success: LoRA adapter '" + request.loraName() + "' added successfully.";
  }

  /** Stops serving an adapter. */
  @POST
  @Path("unload_lora_adapter")
  @Operation(summary = "Stop serving an adapter, as vLLM is told to")
  @APIResponse(responseCode = "200", description = "it can no longer be named")
  @APIResponse(
      responseCode = "404",
      description = "no adapter of this name",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "501",
      description = "the backend's adapters cannot be changed",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  public String unload(@Nullable UnloadLoraAdapterRequest body) {
    UnloadLoraAdapterRequest request = CompletionOptions.requireBody(body);
    adapters.unload(request.loraName(), FIELDS.name());
    return "Success: LoRA adapter '" + request.loraName() + "' removed successfully.";
  }

  /**
   * An adapter to serve.
   *
   * @param loraName as a request will name it
   * @param loraPath its folder, relative to the adapter root
   * @param loadInplace of no effect: one of the same name is always replaced
   */
  public record LoadLoraAdapterRequest(
      @Nullable String loraName, @Nullable String loraPath, @Nullable Boolean loadInplace) {}

  /**
   * An adapter to serve no longer.
   *
   * @param loraName as requests name it
   * @param loraIntId of no effect: the name says it all
   */
  public record UnloadLoraAdapterRequest(@Nullable String loraName, @Nullable Integer loraIntId) {}
}
