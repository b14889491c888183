package dev.pusula.inference.entity;

import java.util.Map;

/**
 * How the next token is drawn. Penalties change the logits first, then the temperature, then the
 * candidates are cut by top-k, top-p and min-p, in this order.
 *
 * @param temperature 0 for greedy (the most probable token), otherwise in (0, 2]
 * @param topK most candidates; 0 keeps every token
 * @param topP nucleus mass in (0, 1]; 1 keeps every token
 * @param minP least probability of a candidate as a share of the largest, in [0, 1); 0 keeps every
 *     token
 * @param repetitionPenalty divides a positive and multiplies a negative logit of a token that
 *     prompt or answer hold, in (0, 2]; 1 changes nothing
 * @param presencePenalty subtracted from the logit of a token that the answer holds, in [−2, 2]
 * @param frequencyPenalty subtracted once for each time that the answer holds the token, in [−2, 2]
 * @param logitBias added to the logits of these token ids, each in [−100, 100]
 * @param seed start of the pseudo-random sequence; equal seeds give equal tokens
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    Map<Integer, Double> logitBias,
    long seed) {

  /** The most probable token at each step. */
  public static final Sampling GREEDY = of(0, 1, 0);

  /** Checks the ranges and copies the map. */
  public Sampling {
    logitBias = Map.copyOf(logitBias);
    require(temperature >= 0 && temperature <= 2, "temperature must be in 0…2", temperature);
    require(topK >= 0, "top_k must be at least 0", topK);
    require(topP > 0 && topP <= 1, "top_p must be above 0 and at most 1", topP);
    require(minP >= 0 && minP < 1, "min_p must be at least 0 and below 1", minP);
    require(
        repetitionPenalty > 0 && repetitionPenalty <= 2,
        "repetition_penalty must be above 0 and at most 2",
        repetitionPenalty);
    require(Math.abs(presencePenalty) <= 2, "presence_penalty must be in −2…2", presencePenalty);
    require(Math.abs(frequencyPenalty) <= 2, "frequency_penalty must be in −2…2", frequencyPenalty);
    logitBias.forEach(
        (token, bias) ->
            require(
                Math.abs(bias) <= 100, "logit_bias of " + token + " must be in −100…100", bias));
  }

  /** Without cuts but the nucleus, and without penalties. */
  public static Sampling of(double temperature, double topP, long seed) {
    return new Sampling(temperature, 0, topP, 0, 1, 0, 0, Map.of(), seed);
  }

  /** The same with another seed. */
  public Sampling withSeed(long other) {
    return new Sampling(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        logitBias,
        other);
  }

  /** Whether a logit is changed before the temperature. */
  public boolean changesLogits() {
    return repetitionPenalty != 1
        || presencePenalty != 0
        || frequencyPenalty != 0
        || !logitBias.isEmpty();
  }

  private static void require(boolean holds, String rule, double value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ": " + value);
    }
  }
}
