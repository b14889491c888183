package dev.pusula.routing.boundary;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A text to be routed.
 *
 * @param text Turkish, at most 100,000 characters, not blank
 * @param explain whether to tell why; costs more than the decision itself
 */
@Schema(
    description = "A text to be routed",
    example = "{\"text\":\"Banka kredisi almak istiyorum, faiz oranları nedir?\"}")
public record RouteRequest(
    @Schema(required = true) @Nullable String text,
    @Schema(defaultValue = "false") @Nullable Boolean explain) {

  /** False where it is not said. */
  boolean explained() {
    return explain != null && explain;
  }
}
