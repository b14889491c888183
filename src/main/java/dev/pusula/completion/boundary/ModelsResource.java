package dev.pusula.completion.boundary;

import dev.pusula.completion.control.Completions;
import dev.pusula.inference.entity.ServedModel;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What can stand in a request's {@code model}. */
@Path("v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "completions")
public class ModelsResource {

  @Inject private Completions completions;

  /** All of them. */
  @GET
  @Operation(
      summary = "The names that a request's model can take",
      description =
          "auto lets the router decide; base is the model without an adapter; then sectors and adapters.")
  @APIResponse(responseCode = "200", description = "the models")
  public ModelsResponse models() {
    return new ModelsResponse("list", completions.models().stream().map(this::wire).toList());
  }

  /** One of them. */
  @GET
  @Path("{model}")
  @Operation(summary = "One model")
  @APIResponse(responseCode = "200", description = "the model")
  @APIResponse(
      responseCode = "404",
      description = "no such model",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  public ModelsResponse.Model model(@PathParam("model") String model) {
    if (!completions.models().contains(model)) {
      throw CompletionResponder.noSuchModel("the model '" + model + "' does not exist");
    }
    return wire(model);
  }

  private ModelsResponse.Model wire(String id) {
    ServedModel base = completions.backend().model();
    Optional<String> adapter = completions.adapterOf(id);
    return new ModelsResponse.Model(
        id,
        "model",
        0,
        "pusula",
        adapter.orElse(base.id()),
        adapter.isPresent() ? base.id() : null,
        base.contextLength());
  }

  /**
   * OpenAI's list of models.
   *
   * @param object always {@code list}
   * @param data the models
   */
  @Schema(description = "OpenAI's list of models")
  public record ModelsResponse(String object, List<Model> data) {
    /**
     * One model.
     *
     * @param id what a request names
     * @param object always {@code model}
     * @param created seconds since 1970; 0, because a checkpoint does not tell
     * @param ownedBy always {@code pusula}
     * @param root vLLM's: the adapter that answers, or the base model
     * @param parent vLLM's: the base model below an adapter; null for the base and for {@code auto}
     * @param maxModelLen vLLM's: prompt and answer together, in tokens
     */
    public record Model(
        String id,
        String object,
        long created,
        String ownedBy,
        String root,
        @Nullable String parent,
        int maxModelLen) {}
  }
}
