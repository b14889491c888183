package dev.pusula.inference.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import dev.pusula.inference.entity.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template: {@code chat_template.jinja}, or the field {@code chat_template} of
 * {@code tokenizer_config.json}, rendered as transformers does, with blocks trimmed and the
 * generation prompt added. Thread-safe.
 */
public final class ChatTemplate {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Jinjava jinja =
      new Jinjava(JinjavaConfig.newBuilder().withTrimBlocks(true).withLstripBlocks(true).build());
  private final @Nullable String template;
  private final Map<String, Object> tokens = new HashMap<>();

  private ChatTemplate(@Nullable String template) {
    this.template = template;
  }

  /** The template of a checkpoint's folder; renders nothing where there is none. */
  public static ChatTemplate of(Path folder) {
    try {
      Path config = folder.resolve("tokenizer_config.json");
      JsonNode json =
          Files.exists(config)
              ? JSON.readTree(Files.readAllBytes(config))
              : JSON.createObjectNode();
      Path file = folder.resolve("chat_template.jinja");
      String template =
          Files.exists(file)
              ? Files.readString(file)
              : json.path("chat_template").isTextual()
                  ? json.path("chat_template").textValue()
                  : null;
      ChatTemplate read = new ChatTemplate(template);
      for (String name : List.of("bos_token", "eos_token")) {
        JsonNode token = json.path(name);
        read.tokens.put(name, token.isObject() ? token.path("content").asText() : token.asText(""));
      }
      return read;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(
          folder + ": tokenizer_config.json is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": the chat template cannot be read", e);
    }
  }

  /**
   * The text that the model continues; empty where the checkpoint has no template or it cannot be
   * rendered.
   */
  public Optional<String> render(Prompt.Chat chat) {
    if (template == null) {
      return Optional.empty();
    }
    Map<String, Object> bindings = new HashMap<>(tokens);
    bindings.put(
        "messages",
        chat.messages().stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    bindings.put("add_generation_prompt", true);
    RenderResult result = jinja.renderForResult(template, bindings);
    return result.hasErrors() ? Optional.empty() : Optional.of(result.getOutput());
  }
}
