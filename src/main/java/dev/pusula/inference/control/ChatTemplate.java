package dev.pusula.inference.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.template.Template;
import dev.pusula.inference.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template: {@code chat_template.jinja}, or the field {@code chat_template} of
 * {@code tokenizer_config.json}, rendered as transformers does without tools and with the
 * generation prompt where it is wanted. Thread-safe.
 */
public final class ChatTemplate {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable Template template;
  private final Map<String, Object> tokens;
  private final Clock clock;

  private ChatTemplate(@Nullable Template template, Map<String, Object> tokens, Clock clock) {
    this.template = template;
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * The template of a checkpoint's folder; renders nothing where there is none.
   *
   * @param clock gives the date to a template that writes it
   * @throws CheckpointException if a file cannot be read or holds no template that can be used
   */
  public static ChatTemplate of(Path folder, Clock clock) {
    Path config = folder.resolve("tokenizer_config.json");
    Path file = folder.resolve("chat_template.jinja");
    JsonNode json = JSON.createObjectNode();
    try {
      if (Files.exists(config)) {
        json = JSON.readTree(Files.readAllBytes(config));
      }
      if (Files.exists(file)) {
        return new ChatTemplate(parse(file, Files.readString(file)), tokens(json), clock);
      }
    } catch (JsonProcessingException e) {
      throw new CheckpointException(config, "is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(folder, "the chat template cannot be read", e);
    }
    String source = source(json.path("chat_template"));
    return new ChatTemplate(source == null ? null : parse(config, source), tokens(json), clock);
  }

  private static Template parse(Path file, String source) {
    try {
      return Template.parse(source);
    } catch (TemplateException e) {
      throw new CheckpointException(file, "chat template, " + e.getMessage(), e);
    }
  }

  /** The one template, or the default of several with names. */
  private static @Nullable String source(JsonNode field) {
    return field.isArray()
        ? StreamSupport.stream(field.spliterator(), false)
            .filter(named -> named.path("name").asText().equals("default"))
            .map(named -> named.path("template").textValue())
            .findFirst()
            .orElse(null)
        : field.textValue();
  }

  /** The special tokens, as text or as objects; a template finds those that are null undefined. */
  private static Map<String, Object> tokens(JsonNode json) {
    Map<String, Object> tokens = new HashMap<>();
    json.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              String text =
                  value.isObject() ? value.path("content").textValue() : value.textValue();
              if (field.getKey().endsWith("_token") && text != null) {
                tokens.put(field.getKey(), text);
              }
            });
    return tokens;
  }

  /**
   * The text that the model continues; empty where the checkpoint has no template.
   *
   * @throws ChatRefusedException if the template refuses the conversation or fails on it
   */
  public Optional<String> render(Prompt.Chat chat) {
    if (template == null) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> variables = new HashMap<>(tokens);
    List<Map<String, String>> messages =
        chat.messages().stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList();
    variables.put("messages", messages);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put("add_generation_prompt", chat.generationPrompt());
    try {
      return Optional.of(template.render(variables, LocalDateTime.now(clock)));
    } catch (TemplateException e) {
      throw new ChatRefusedException(String.valueOf(e.getMessage()), e);
    }
  }
}
