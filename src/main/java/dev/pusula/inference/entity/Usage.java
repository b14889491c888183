package dev.pusula.inference.entity;

/**
 * Tokens of one generation by the model's own tokenizer.
 *
 * @param promptTokens tokens of the rendered prompt
 * @param completionTokens tokens generated, the end token left out
 */
public record Usage(int promptTokens, int completionTokens) {

  /** Prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
