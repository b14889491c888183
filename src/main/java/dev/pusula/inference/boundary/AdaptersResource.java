package dev.pusula.inference.boundary;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the inference backend serves. */
@Path("api/adapters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "adapters")
public class AdaptersResource {

  @Inject private Backends backends;

  /** The base model and its adapters. */
  @GET
  @Operation(
      summary = "The served model and its adapters",
      description = "With the fingerprints by which two benchmark runs are told apart.")
  @APIResponse(responseCode = "200", description = "backend, model, adapters by name")
  public AdaptersResponse adapters() {
    InferenceBackend backend = backends.backend();
    return new AdaptersResponse(backend.name(), backend.model(), backend.adapters());
  }

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
              + "\"adapters\":[{\"name\":\"insurance_adapter\",\"rank\":8,\"bytes\":149504,\"fingerprint\":\"2c26b46b68ffc68f\"}]}")
  public record AdaptersResponse(String backend, ServedModel model, List<ServedAdapter> adapters) {}
}
