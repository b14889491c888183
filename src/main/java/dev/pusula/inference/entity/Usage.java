package dev.pusula.inference.entity;

/**
 * Tokens of one generation by the model's own tokenizer.
 *
 * @param promptTokens tokens of the rendered prompt; 0 where a remote server does not tell
 * @param completionTokens tokens generated, the end token left out; where a remote server does not
 *     tell, the chunks of its answer, which are as many or fewer
 * @param cachedTokens of the prompt's, those that an earlier request with the same beginning had
 *     computed
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {

  /** Prompt and completion together. */
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
