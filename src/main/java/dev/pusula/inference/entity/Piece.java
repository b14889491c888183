package dev.pusula.inference.entity;

import java.util.List;

/**
 * A piece of an answer: whole characters.
 *
 * @param text may be empty only where {@code logprobs} are not
 * @param tokens how many tokens it took, at least 1
 * @param logprobs of these tokens, in order; empty where they were not asked for
 */
public record Piece(String text, int tokens, List<TokenLogprob> logprobs) {
  /** Copies the list. */
  public Piece {
    logprobs = List.copyOf(logprobs);
  }

  /** Without log-probabilities. */
  public static Piece of(String text, int tokens) {
    return new Piece(text, tokens, List.of());
  }
}
