package dev.pusula.inference.entity;

/**
 * Tokens of one generation by the model's own tokenizer.
 *
 * @param promptTokens tokens of the rendered prompt
 * @param completionTokens tokens generated, the end token left out
 * @param cachedTokens of the prompt's, those that an earlier request with the same beginning had
 *     computed
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {

  /** Prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
