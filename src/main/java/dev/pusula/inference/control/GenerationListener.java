package dev.pusula.inference.control;

import dev.pusula.inference.entity.Outcome;

/**
 * Receives one generation. Called by one thread at a time, never after {@link #ended}. A call must
 * not block for long.
 */
public interface GenerationListener {

  /**
   * A piece of the answer: whole characters, never empty.
   *
   * @param delta the text
   * @param tokens how many tokens it took, at least 1
   */
  void text(String delta, int tokens);

  /** The end, once. */
  void ended(Outcome outcome);
}
