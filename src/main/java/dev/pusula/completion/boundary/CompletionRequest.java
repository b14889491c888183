package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.platform.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/completions}, with the same rules as the chat's. */
@Schema(
    description = "OpenAI's text completion request",
    example =
        "{\"model\":\"insurance\",\"prompt\":\"Kasko poliçesi\",\"max_tokens\":32,\"temperature\":0}")
public record CompletionRequest(
    @Schema(description = "auto, base, a sector's id or an adapter's name", example = "insurance")
        @Nullable String model,
    @Schema(
            implementation = Object.class,
            description = "a string, token ids, or an array of up to 16 of either")
        @Nullable JsonNode prompt,
    @Nullable Integer maxTokens,
    @Schema(description = "choices for each prompt, 1…8") @Nullable Integer n,
    @Schema(description = "only n") @Nullable Integer bestOf,
    @Nullable Double temperature,
    @Schema(description = "vLLM's; 0 or −1 for every token") @Nullable Integer topK,
    @Nullable Double topP,
    @Schema(description = "vLLM's") @Nullable Double minP,
    @Schema(description = "vLLM's") @Nullable Double repetitionPenalty,
    @Nullable Double presencePenalty,
    @Nullable Double frequencyPenalty,
    @Schema(description = "token ids with what is added to their logits, −100…100")
        @Nullable Map<String, Double> logitBias,
    @Nullable Long seed,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @Schema(implementation = Object.class, description = "a string or up to four")
        @Nullable List<String> stop,
    @Schema(description = "alternatives for each token, 0…5; not with echo")
        @Nullable Integer logprobs,
    @Schema(description = "the prompt before its continuation") @Nullable Boolean echo,
    @Schema(description = "not supported") @Nullable String suffix,
    @Nullable Boolean stream,
    @Nullable StreamOptions streamOptions,
    @JsonAnySetter @Schema(hidden = true) @Nullable Map<String, JsonNode> others)
    implements CompletionOptions {

  /** OpenAI's own default for this endpoint. */
  private static final int DEFAULT_MAX_TOKENS = 16;

  /** OpenAI's bound for this endpoint. */
  private static final int MAX_LOGPROBS = 5;

  /** All of them run at once. */
  private static final int MAX_PROMPTS = 16;

  /** One text or list of token ids, or several of them. */
  List<Prompt> prompts() {
    if (prompt == null || !prompt.isArray() || prompt.path(0).isIntegralNumber()) {
      return List.of(one(prompt, "prompt"));
    }
    if (prompt.isEmpty() || prompt.size() > MAX_PROMPTS) {
      throw ProblemException.badRequest("must hold 1…" + MAX_PROMPTS + " prompts", "prompt");
    }
    List<Prompt> prompts = new ArrayList<>(prompt.size());
    for (int i = 0; i < prompt.size(); i++) {
      prompts.add(one(prompt.get(i), "prompt[" + i + "]"));
    }
    CompletionOptions.requireReadable(texts(prompts).mapToLong(text -> text.text().length()).sum());
    return prompts;
  }

  /** What the router reads; empty where it is not one text. */
  static Optional<String> routedText(List<Prompt> prompts) {
    return prompts.size() == 1
        ? texts(prompts).findFirst().map(Prompt.Text::text)
        : Optional.empty();
  }

  /** The text before each choice; empty where no echo is asked for. */
  List<String> echoes(List<Prompt> prompts) {
    if (!Boolean.TRUE.equals(echo)) {
      return List.of();
    }
    if (texts(prompts).count() < prompts.size()) {
      throw ProblemException.badRequest("needs prompts that are texts", "echo");
    }
    return texts(prompts).flatMap(text -> Stream.generate(text::text).limit(choices())).toList();
  }

  /** The generations that it asks for. */
  List<GenerationRequest> generations(List<Prompt> prompts) {
    if (suffix != null && !suffix.isEmpty()) {
      throw OtherFields.unsupported("suffix");
    }
    if (bestOf != null && bestOf != choices()) {
      throw ProblemException.badRequest(
          "must equal n: more are not drawn than answered", "best_of");
    }
    if (logprobs != null && Boolean.TRUE.equals(echo)) {
      throw ProblemException.badRequest("cannot be told of an echoed prompt", "logprobs");
    }
    int alternatives =
        (int)
            CompletionOptions.ranged(
                "logprobs",
                logprobs,
                0,
                v -> v >= 0 && v <= MAX_LOGPROBS,
                "must be in 0…" + MAX_LOGPROBS);
    return generations(
        prompts,
        CompletionOptions.maxTokens("max_tokens", maxTokens, DEFAULT_MAX_TOKENS),
        logprobs == null ? GenerationRequest.NO_LOGPROBS : alternatives);
  }

  private static Stream<Prompt.Text> texts(List<Prompt> prompts) {
    return prompts.stream().filter(Prompt.Text.class::isInstance).map(Prompt.Text.class::cast);
  }

  private static Prompt one(@Nullable JsonNode given, String field) {
    if (given != null && given.isTextual()) {
      CompletionOptions.requireReadable(given.textValue().length());
      return new Prompt.Text(given.textValue());
    }
    if (given == null || !given.isArray() || given.isEmpty()) {
      throw ProblemException.badRequest("must be a text or a list of token ids", field);
    }
    List<Integer> ids = new ArrayList<>(given.size());
    for (int i = 0; i < given.size(); i++) {
      JsonNode id = given.get(i);
      if (!id.canConvertToInt() || !id.isIntegralNumber() || id.intValue() < 0) {
        throw ProblemException.badRequest("must be a token id", field + "[" + i + "]");
      }
      ids.add(id.intValue());
    }
    return new Prompt.Tokens(ids);
  }
}
