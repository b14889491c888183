package dev.pusula.inference.entity;

import java.util.List;

/**
 * A token with the logarithm of its probability under the model, before temperature, penalties and
 * cuts.
 *
 * @param id in the model's vocabulary; −1 where a remote server does not tell
 * @param bytes what it adds to the text; may end within a character
 * @param logprob natural logarithm, at most 0
 * @param top the most probable tokens at its place, best first, their own lists empty; as many as
 *     were asked for
 */
public record TokenLogprob(int id, byte[] bytes, double logprob, List<TokenLogprob> top) {
  /** Copies the list. */
  public TokenLogprob {
    top = List.copyOf(top);
  }
}
