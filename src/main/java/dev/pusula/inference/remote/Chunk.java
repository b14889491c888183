package dev.pusula.inference.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.inference.entity.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event of a stream says of the first choice; other choices are not ours.
 *
 * @param text empty where the event carries none
 * @param logprobs of its tokens; empty where the event carries none
 * @param finish the server's word for why it ended; null before the end
 * @param usage token counts; null where the event carries none
 */
record Chunk(
    String text, List<TokenLogprob> logprobs, @Nullable String finish, @Nullable Usage usage) {

  /** A server does not tell a token's id. */
  private static final int UNKNOWN_ID = -1;

  /** Of either API. */
  static Chunk of(JsonNode event) {
    String text = "";
    String finish = null;
    List<TokenLogprob> logprobs = List.of();
    for (JsonNode choice : event.path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        text = choice.path("delta").path("content").asText(choice.path("text").asText(""));
        finish = choice.path("finish_reason").textValue();
        JsonNode told = choice.path("logprobs");
        logprobs = told.has("content") ? ofChat(told.path("content")) : ofCompletion(told);
      }
    }
    JsonNode usage = event.path("usage");
    return new Chunk(text, logprobs, finish, usage.isObject() ? usage(usage) : null);
  }

  private static Usage usage(JsonNode usage) {
    return new Usage(
        usage.path("prompt_tokens").asInt(),
        usage.path("completion_tokens").asInt(),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt());
  }

  private static List<TokenLogprob> ofChat(JsonNode content) {
    List<TokenLogprob> tokens = new ArrayList<>();
    for (JsonNode token : content) {
      tokens.add(token(token, ofChat(token.path("top_logprobs"))));
    }
    return tokens;
  }

  private static TokenLogprob token(JsonNode token, List<TokenLogprob> top) {
    return new TokenLogprob(UNKNOWN_ID, bytes(token), logprob(token.path("logprob")), top);
  }

  private static byte[] bytes(JsonNode token) {
    JsonNode given = token.path("bytes");
    if (!given.isArray()) {
      return utf8(token.path("token").asText(""));
    }
    byte[] bytes = new byte[given.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) given.get(i).asInt();
    }
    return bytes;
  }

  /** Parallel arrays, the alternatives as an object from text to log-probability. */
  private static List<TokenLogprob> ofCompletion(JsonNode logprobs) {
    JsonNode texts = logprobs.path("tokens");
    List<TokenLogprob> tokens = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      List<TokenLogprob> top = new ArrayList<>();
      logprobs
          .path("top_logprobs")
          .path(i)
          .fields()
          .forEachRemaining(
              one ->
                  top.add(
                      new TokenLogprob(
                          UNKNOWN_ID, utf8(one.getKey()), logprob(one.getValue()), List.of())));
      top.sort(Comparator.comparingDouble(TokenLogprob::logprob).reversed());
      tokens.add(
          new TokenLogprob(
              UNKNOWN_ID,
              utf8(texts.get(i).asText()),
              logprob(logprobs.path("token_logprobs").path(i)),
              top));
    }
    return tokens;
  }

  private static double logprob(JsonNode value) {
    return Math.min(0, value.asDouble());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The JSON of an event.
   *
   * @throws IOException if it is none
   */
  static JsonNode parse(String event) throws IOException {
    return dev.pusula.platform.Json.lenientMapper().readTree(event);
  }
}
