package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pusula.inference.entity.TokenLogprob;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Log-probabilities on the wire, in the shapes of the two APIs. A token that ends within a
 * character is written as its bytes, such as {@code \xc5}, so that no two of them look alike.
 */
final class WireLogprobs {

  private WireLogprobs() {}

  /** Those of a chat's choice. */
  @Schema(name = "ChatLogprobs")
  record Chat(List<Token> content, @Nullable Object refusal) {}

  /** One of a chat's tokens; the alternatives have none of their own. */
  @Schema(name = "ChatLogprob")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Token(String token, double logprob, int[] bytes, @Nullable List<Token> topLogprobs) {}

  /** Those of a text's choice: lists of the same length. */
  @Schema(name = "TextLogprobs")
  record Text(
      List<String> tokens,
      List<Double> tokenLogprobs,
      @Nullable List<Map<String, Double>> topLogprobs,
      List<Integer> textOffset) {}

  /** One of a prompt's tokens, as vLLM tells it. */
  @Schema(name = "PromptLogprob")
  record Scored(double logprob, String decodedToken) {}

  /** Those of a prompt's tokens by id, the token itself first; the first has none. */
  static @Nullable List<@Nullable Map<String, Scored>> prompt(@Nullable List<TokenLogprob> tokens) {
    if (tokens == null) {
      return null;
    }
    List<@Nullable Map<String, Scored>> scored = new ArrayList<>(tokens.size() + 1);
    scored.add(null);
    for (TokenLogprob token : tokens) {
      Map<String, Scored> byId = new LinkedHashMap<>();
      byId.put(String.valueOf(token.id()), scored(token));
      token.top().forEach(one -> byId.putIfAbsent(String.valueOf(one.id()), scored(one)));
      scored.add(byId);
    }
    return scored;
  }

  private static Scored scored(TokenLogprob token) {
    return new Scored(token.logprob(), shown(token.bytes()));
  }

  static @Nullable Chat chat(@Nullable List<TokenLogprob> tokens) {
    return tokens == null
        ? null
        : new Chat(
            tokens.stream()
                .map(
                    token ->
                        token(token, token.top().stream().map(top -> token(top, null)).toList()))
                .toList(),
            null);
  }

  /**
   * The legacy shape.
   *
   * @param offset of the first token in the choice's text, in code points
   */
  static @Nullable Text text(@Nullable List<TokenLogprob> tokens, int offset) {
    if (tokens == null) {
      return null;
    }
    List<Integer> offsets = new ArrayList<>(tokens.size());
    List<Map<String, Double>> top = new ArrayList<>(tokens.size());
    int at = offset;
    for (TokenLogprob token : tokens) {
      offsets.add(at);
      at += codePoints(token);
      Map<String, Double> alternatives = new LinkedHashMap<>();
      token.top().forEach(one -> alternatives.put(legacy(one.bytes()), one.logprob()));
      // As the official API: the drawn token is told even if it is not among the best.
      alternatives.putIfAbsent(legacy(token.bytes()), token.logprob());
      top.add(alternatives);
    }
    return new Text(
        tokens.stream().map(token -> legacy(token.bytes())).toList(),
        tokens.stream().map(TokenLogprob::logprob).toList(),
        tokens.stream().allMatch(token -> token.top().isEmpty()) ? null : top,
        offsets);
  }

  /** Characters that begin in a token: its bytes but those that continue one. */
  static int codePoints(TokenLogprob token) {
    int count = 0;
    for (byte b : token.bytes()) {
      count += (b & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }

  private static Token token(TokenLogprob token, @Nullable List<Token> top) {
    int[] bytes = new int[token.bytes().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = token.bytes()[i] & 0xFF;
    }
    return new Token(shown(token.bytes()), token.logprob(), bytes, top);
  }

  private static String shown(byte[] bytes) {
    String text = decoded(bytes);
    return text == null ? escaped(bytes) : text;
  }

  private static String legacy(byte[] bytes) {
    String text = decoded(bytes);
    return text == null ? "bytes:" + escaped(bytes) : text;
  }

  private static @Nullable String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append("\\x").append(Character.forDigit(b >> 4 & 0xF, 16));
      text.append(Character.forDigit(b & 0xF, 16));
    }
    return text.toString();
  }
}
