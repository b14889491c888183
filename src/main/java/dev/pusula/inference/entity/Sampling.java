package dev.pusula.inference.entity;

/**
 * How the next token is drawn.
 *
 * @param temperature 0 for greedy (the most probable token), otherwise in (0, 2]
 * @param topP nucleus mass in (0, 1]; 1 keeps every token
 * @param seed start of the pseudo-random sequence; equal seeds give equal tokens
 */
public record Sampling(double temperature, double topP, long seed) {

  /** The most probable token at each step. */
  public static final Sampling GREEDY = new Sampling(0, 1, 0);

  /** Checks the ranges. */
  public Sampling {
    if (!(temperature >= 0 && temperature <= 2)) {
      throw new IllegalArgumentException("temperature must be in 0…2: " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1]: " + topP);
    }
  }
}
