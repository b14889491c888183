package dev.pusula.inference.engine;

import dev.pusula.inference.entity.Sampling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;

/**
 * Draws one request's tokens. Greedy takes the largest logit, the smaller id among equals.
 * Otherwise the logits are divided by the temperature, softmax makes probabilities, and the
 * smallest set of most probable tokens whose mass reaches top-p is drawn from (Holtzman et al.
 * 2020). One uniform number a token: equal seeds give equal tokens. Not thread-safe.
 */
final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;
  private double[] probabilities = new double[0];

  Sampler(Sampling sampling) {
    this.sampling = sampling;
    this.random = new SplittableRandom(sampling.seed());
  }

  int draw(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    if (sampling.temperature() == 0) {
      return best;
    }
    if (probabilities.length != logits.length) {
      probabilities = new double[logits.length];
    }
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp((logits[i] - logits[best]) / sampling.temperature());
      sum += probabilities[i];
    }
    double uniform = random.nextDouble();
    return sampling.topP() < 1 ? nucleus(sum, uniform) : drawInOrder(sum * uniform, best);
  }

  private int drawInOrder(double point, int otherwise) {
    double passed = 0;
    for (int i = 0; i < probabilities.length; i++) {
      passed += probabilities[i];
      if (point < passed) {
        return i;
      }
    }
    return otherwise;
  }

  private int nucleus(double sum, double uniform) {
    Integer[] order = new Integer[probabilities.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.comparingDouble((Integer i) -> -probabilities[i]).thenComparingInt(i -> i));
    double mass = 0;
    int size = 0;
    while (size < order.length && mass < sampling.topP() * sum) {
      mass += probabilities[order[size++]];
    }
    double point = uniform * mass;
    double passed = 0;
    for (int i = 0; i < size; i++) {
      passed += probabilities[order[i]];
      if (point < passed) {
        return order[i];
      }
    }
    return order[0];
  }
}
