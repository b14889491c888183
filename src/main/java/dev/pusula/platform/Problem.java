package dev.pusula.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error on the wire, RFC 9457 {@code application/problem+json}.
 *
 * @param type a URI reference for the kind of problem; {@code about:blank} where the status says it
 *     all
 * @param title the kind in a few words, the same for each occurrence
 * @param status the HTTP status
 * @param detail what is wrong this time and what would be right
 * @param errors the fields at fault, empty where no single field is
 */
@Schema(description = "RFC 9457 problem details")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
    @Schema(example = "about:blank") String type,
    @Schema(example = "Bad Request") String title,
    @Schema(example = "400") int status,
    @Schema(example = "text: must not be blank") String detail,
    List<FieldError> errors) {

  /** The media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** Before the kind, where {@code type} tells one. */
  public static final String KIND = "urn:pusula:";

  /** Copies the list. */
  public Problem {
    errors = List.copyOf(errors);
  }

  /** The kind that {@code type} tells; empty where the status says it all. */
  public Optional<String> kind() {
    return type.startsWith(KIND) ? Optional.of(type.substring(KIND.length())) : Optional.empty();
  }

  /**
   * A field at fault.
   *
   * @param field the path, such as {@code messages[2].content}
   * @param detail what is wrong with it
   */
  @Schema(description = "A field at fault")
  public record FieldError(
      @Schema(example = "text") String field,
      @Schema(example = "must not be blank") String detail) {}
}
