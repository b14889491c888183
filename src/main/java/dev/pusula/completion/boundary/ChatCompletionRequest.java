package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.platform.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/chat/completions}. Fields that change nothing here ({@code user},
 * {@code metadata}, …) are skipped; fields that would change the answer and are not supported are
 * refused.
 */
@Schema(
    description = "OpenAI's chat completion request",
    example =
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Kasko poliçem hasarı karşılar mı?\"}],"
            + "\"max_tokens\":64}")
public record ChatCompletionRequest(
    @Schema(description = "auto, base, a sector's id or an adapter's name", example = "auto")
        @Nullable String model,
    @Nullable List<Message> messages,
    @Nullable Integer maxTokens,
    @Nullable Integer maxCompletionTokens,
    @Schema(description = "choices, 1…8") @Nullable Integer n,
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
    @Nullable Boolean logprobs,
    @Schema(description = "0…20, with logprobs") @Nullable Integer topLogprobs,
    @Schema(
            description =
                "vLLM's: tells the log-probability of each of the prompt's own tokens with so many alternatives, 0…20;"
                    + " not with stream")
        @Nullable Integer promptLogprobs,
    @Schema(description = "vLLM's; false leaves a conversation as it stands, to be scored")
        @Nullable Boolean addGenerationPrompt,
    @Nullable Boolean stream,
    @Nullable StreamOptions streamOptions,
    @JsonAnySetter @Schema(hidden = true) @Nullable Map<String, JsonNode> others)
    implements CompletionOptions {

  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  /**
   * One message.
   *
   * @param role system, developer, user, assistant or tool
   * @param content a string or an array of text parts
   * @param toolCalls refused unless empty
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Message(
      @Nullable String role,
      @Schema(implementation = Object.class, description = "a string or an array of text parts")
          @Nullable JsonNode content,
      @Schema(hidden = true) @Nullable JsonNode toolCalls) {}

  Prompt.Chat prompt() {
    if (messages == null || messages.isEmpty()) {
      throw ProblemException.badRequest("must hold at least one message", "messages");
    }
    List<Prompt.ChatMessage> chat = new ArrayList<>(messages.size());
    long characters = 0;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      String field = "messages[" + i + "]";
      if (message == null || message.role() == null || !ROLES.contains(message.role())) {
        throw ProblemException.badRequest(
            "must be one of " + ROLES.stream().sorted().toList(), field + ".role");
      }
      if (message.toolCalls() != null && !message.toolCalls().isEmpty()) {
        throw OtherFields.unsupported(field + ".tool_calls");
      }
      String role = message.role().equals("developer") ? "system" : message.role();
      String content = text(message.content(), field + ".content");
      characters += content.length();
      chat.add(new Prompt.ChatMessage(role, content));
    }
    CompletionOptions.requireReadable(characters);
    return new Prompt.Chat(chat, !Boolean.FALSE.equals(addGenerationPrompt));
  }

  /** What the router reads: the last message of the user. */
  static String routedText(Prompt.Chat prompt) {
    List<Prompt.ChatMessage> chat = prompt.messages();
    for (int i = chat.size() - 1; i >= 0; i--) {
      if (chat.get(i).role().equals("user")) {
        return chat.get(i).content();
      }
    }
    return chat.get(chat.size() - 1).content();
  }

  /**
   * The generations that it asks for.
   *
   * @param contextLength of the model: without a bound of its own a chat may fill it
   */
  List<GenerationRequest> generations(Prompt.Chat prompt, int contextLength) {
    int bound =
        maxCompletionTokens == null
            ? CompletionOptions.maxTokens("max_tokens", maxTokens, contextLength)
            : CompletionOptions.maxTokens(
                "max_completion_tokens", maxCompletionTokens, contextLength);
    int scored = promptAlternatives();
    return generations(List.of(prompt), bound, alternatives()).stream()
        .map(generation -> generation.withPromptLogprobs(scored))
        .toList();
  }

  private int promptAlternatives() {
    if (promptLogprobs == null || promptLogprobs == GenerationRequest.NO_LOGPROBS) {
      return GenerationRequest.NO_LOGPROBS;
    }
    if (streaming()) {
      throw ProblemException.badRequest("is not told in a stream", "prompt_logprobs");
    }
    return (int)
        CompletionOptions.ranged(
            "prompt_logprobs",
            promptLogprobs,
            0,
            v -> v >= 0 && v <= GenerationRequest.MAX_TOP_LOGPROBS,
            "must be in 0…" + GenerationRequest.MAX_TOP_LOGPROBS);
  }

  private int alternatives() {
    boolean wanted = Boolean.TRUE.equals(logprobs);
    if (!wanted && topLogprobs != null && topLogprobs != 0) {
      throw ProblemException.badRequest("needs logprobs: true", "top_logprobs");
    }
    int alternatives =
        (int)
            CompletionOptions.ranged(
                "top_logprobs",
                topLogprobs,
                0,
                v -> v >= 0 && v <= GenerationRequest.MAX_TOP_LOGPROBS,
                "must be in 0…" + GenerationRequest.MAX_TOP_LOGPROBS);
    return wanted ? alternatives : GenerationRequest.NO_LOGPROBS;
  }

  private static String text(@Nullable JsonNode content, String field) {
    if (content == null || content.isNull()) {
      throw ProblemException.badRequest("must be given", field);
    }
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      throw ProblemException.badRequest("must be a string or an array of text parts", field);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      if (!"text".equals(part.path("type").asText()) || !part.path("text").isTextual()) {
        throw ProblemException.badRequest(
            "only parts of type text are read", field + "[" + i + "]");
      }
      text.append(part.path("text").textValue());
    }
    return text.toString();
  }
}
