package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.platform.ProblemException;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/completions}, with the same rules as the chat's. */
@JsonIgnoreProperties(ignoreUnknown = true)
@Schema(
    description = "OpenAI's text completion request",
    example =
        "{\"model\":\"insurance\",\"prompt\":\"Kasko poliçesi\",\"max_tokens\":32,\"temperature\":0}")
public record CompletionRequest(
    @Nullable String model,
    @Schema(implementation = Object.class, description = "a string or an array of one")
        @Nullable JsonNode prompt,
    @Nullable Integer maxTokens,
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Long seed,
    @Schema(implementation = Object.class, description = "a string or up to four")
        @Nullable JsonNode stop,
    @Nullable Boolean stream,
    ChatCompletionRequest.@Nullable StreamOptions streamOptions,
    @Nullable Integer n,
    @Nullable Integer bestOf,
    @Nullable Boolean echo,
    @Nullable Integer logprobs,
    @Nullable String suffix) {

  boolean streaming() {
    return Boolean.TRUE.equals(stream);
  }

  boolean usageWanted() {
    return streamOptions != null && Boolean.TRUE.equals(streamOptions.includeUsage());
  }

  void refuseUnsupported() {
    CompletionFields.refuseUnsupported(n != null && n != 1, "n");
    CompletionFields.refuseUnsupported(bestOf != null && bestOf != 1, "best_of");
    CompletionFields.refuseUnsupported(Boolean.TRUE.equals(echo), "echo");
    CompletionFields.refuseUnsupported(logprobs != null && logprobs != 0, "logprobs");
    CompletionFields.refuseUnsupported(suffix != null && !suffix.isEmpty(), "suffix");
  }

  Prompt.Text text() {
    JsonNode given = prompt;
    if (given != null && given.isArray() && given.size() == 1) {
      given = given.get(0);
    }
    if (given == null || !given.isTextual()) {
      throw ProblemException.badRequest("must be one string", "prompt");
    }
    return new Prompt.Text(given.textValue());
  }
}
