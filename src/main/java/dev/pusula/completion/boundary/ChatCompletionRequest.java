package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.platform.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/chat/completions}. Fields that change nothing here ({@code user},
 * {@code metadata}, …) are skipped; fields that would change the answer and are not supported are
 * refused.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
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
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Long seed,
    @Schema(implementation = Object.class, description = "a string or up to four")
        @Nullable JsonNode stop,
    @Nullable Boolean stream,
    @Nullable StreamOptions streamOptions,
    @Nullable Integer n,
    @Nullable Boolean logprobs,
    @Nullable Double presencePenalty,
    @Nullable Double frequencyPenalty,
    @Schema(implementation = Object.class, description = "not supported") @Nullable JsonNode tools,
    @Schema(implementation = Object.class, description = "only {\"type\":\"text\"}")
        @Nullable JsonNode responseFormat) {

  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  /**
   * One message.
   *
   * @param role system, developer, user, assistant or tool
   * @param content a string or an array of text parts
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Message(
      @Nullable String role,
      @Schema(implementation = Object.class, description = "a string or an array of text parts")
          @Nullable JsonNode content) {}

  /**
   * What a stream carries besides the text.
   *
   * @param includeUsage a last chunk with the token counts
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record StreamOptions(@Nullable Boolean includeUsage) {}

  boolean streaming() {
    return Boolean.TRUE.equals(stream);
  }

  boolean usageWanted() {
    return streamOptions != null && Boolean.TRUE.equals(streamOptions.includeUsage());
  }

  void refuseUnsupported() {
    CompletionFields.refuseUnsupported(n != null && n != 1, "n");
    CompletionFields.refuseUnsupported(Boolean.TRUE.equals(logprobs), "logprobs");
    CompletionFields.refuseUnsupported(
        presencePenalty != null && presencePenalty != 0, "presence_penalty");
    CompletionFields.refuseUnsupported(
        frequencyPenalty != null && frequencyPenalty != 0, "frequency_penalty");
    CompletionFields.refuseUnsupported(
        tools != null && tools.isArray() && !tools.isEmpty(), "tools");
    CompletionFields.refuseUnsupported(
        responseFormat != null && !"text".equals(responseFormat.path("type").asText("text")),
        "response_format");
  }

  Prompt.Chat prompt() {
    if (messages == null || messages.isEmpty()) {
      throw ProblemException.badRequest("must hold at least one message", "messages");
    }
    List<Prompt.ChatMessage> chat = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      String field = "messages[" + i + "]";
      if (message.role() == null || !ROLES.contains(message.role())) {
        throw ProblemException.badRequest(
            "must be one of " + ROLES.stream().sorted().toList(), field + ".role");
      }
      String role = message.role().equals("developer") ? "system" : message.role();
      chat.add(new Prompt.ChatMessage(role, text(message.content(), field + ".content")));
    }
    return new Prompt.Chat(chat);
  }

  /** What the router reads: the last message of the user. */
  String routedText() {
    List<Prompt.ChatMessage> chat = prompt().messages();
    for (int i = chat.size() - 1; i >= 0; i--) {
      if (chat.get(i).role().equals("user")) {
        return chat.get(i).content();
      }
    }
    return chat.get(chat.size() - 1).content();
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
