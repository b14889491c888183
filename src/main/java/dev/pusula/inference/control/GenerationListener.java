package dev.pusula.inference.control;

import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import java.time.Duration;

/**
 * Receives one generation. Called by one thread at a time, never after {@link #ended}. Many
 * generations share that thread: a call must not block.
 */
public interface GenerationListener {

  /**
   * The first forward pass begins; told once at most.
   *
   * @param queued time since submission
   */
  default void started(Duration queued) {}

  /** A piece of the answer. */
  void text(Piece piece);

  /** The end, once. */
  void ended(Outcome outcome);
}
