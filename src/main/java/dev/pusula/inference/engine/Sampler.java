package dev.pusula.inference.engine;

import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.TokenLogprob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Draws the next token of a sequence from its logits. Scratch of one thread.
 *
 * <p>Greedy takes the largest logit, the smaller id among equals. Otherwise softmax of the logits
 * over the temperature makes probabilities; top-k, then top-p (the smallest set of most probable
 * tokens whose mass reaches it, Holtzman et al. 2020), then min-p (Nguyen et al. 2024) cut them.
 * One uniform number a token: equal seeds give equal tokens.
 */
final class Sampler {

  /** Candidates that are sorted at first; more when their mass does not reach top-p. */
  private static final int CANDIDATES = 64;

  private final Device device;
  private final IntFunction<byte[]> bytes;
  private final int vocabulary;
  private final float[] logits;
  private final float[] exponentials;
  private final int[] counts;

  /**
   * For a vocabulary.
   *
   * @param bytes of a token
   */
  Sampler(Device device, int vocabulary, IntFunction<byte[]> bytes) {
    this.device = device;
    this.bytes = bytes;
    this.vocabulary = vocabulary;
    this.logits = new float[vocabulary];
    this.exponentials = new float[vocabulary];
    this.counts = new int[vocabulary];
  }

  /**
   * A drawn token.
   *
   * @param id in the vocabulary
   * @param logprob null where it was not asked for
   */
  record Drawn(int id, @Nullable TokenLogprob logprob) {}

  Drawn draw(Sequence sequence, Device.Buffer buffer, int row) {
    GenerationRequest request = sequence.request();
    Sampling sampling = request.sampling();
    boolean logprobs = request.topLogprobs() != GenerationRequest.NO_LOGPROBS;
    if (sampling.temperature() == 0 && !logprobs && !sampling.changesLogits()) {
      return new Drawn(device.argmax(buffer, row), null);
    }
    double uniform = sampling.temperature() == 0 ? 0 : sequence.random().nextDouble();
    if (!logprobs && !sampling.changesLogits()) {
      OptionalInt drawn = device.draw(buffer, row, sampling, uniform);
      if (drawn.isPresent()) {
        return new Drawn(drawn.getAsInt(), null);
      }
    }
    device.read(buffer, row, logits);
    double logOfSum = 0;
    long[] top = {};
    if (logprobs) {
      logOfSum = logOfSum();
      top = best(logits, request.topLogprobs());
    }
    // Log-probabilities are the model's own, from before the penalties.
    double[] topLogprobs = logprobs(top, logOfSum);
    if (sampling.changesLogits()) {
      penalise(sequence, sampling);
    }
    int token = sampling.temperature() == 0 ? id(best(logits, 1)[0]) : draw(sampling, uniform);
    if (!logprobs) {
      return new Drawn(token, null);
    }
    if (sampling.changesLogits()) {
      device.read(buffer, row, logits);
    }
    return new Drawn(token, logprob(token, logits[token] - logOfSum, top, topLogprobs));
  }

  /** The log-probability that the logits give a token, with so many alternatives. */
  TokenLogprob score(Device.Buffer buffer, int row, int token, int alternatives) {
    device.read(buffer, row, logits);
    double logOfSum = logOfSum();
    long[] top = best(logits, alternatives);
    return logprob(token, logits[token] - logOfSum, top, logprobs(top, logOfSum));
  }

  private double logOfSum() {
    float max = logits[id(best(logits, 1)[0])];
    return max + Math.log(device.exponentials(logits, vocabulary, 1, exponentials));
  }

  private double[] logprobs(long[] top, double logOfSum) {
    double[] logprobs = new double[top.length];
    for (int i = 0; i < top.length; i++) {
      logprobs[i] = logits[id(top[i])] - logOfSum;
    }
    return logprobs;
  }

  private TokenLogprob logprob(int token, double logprob, long[] top, double[] topLogprobs) {
    List<TokenLogprob> alternatives = new ArrayList<>(top.length);
    for (int i = 0; i < top.length; i++) {
      alternatives.add(
          new TokenLogprob(id(top[i]), bytes.apply(id(top[i])), topLogprobs[i], List.of()));
    }
    return new TokenLogprob(token, bytes.apply(token), logprob, alternatives);
  }

  private void penalise(Sequence sequence, Sampling sampling) {
    int[] tokens = sequence.tokens();
    int length = sequence.length();
    for (int i = 0; i < length; i++) {
      int token = tokens[i];
      if (counts[token]++ == 0 && sampling.repetitionPenalty() != 1) {
        double penalty = sampling.repetitionPenalty();
        logits[token] =
            (float) (logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
      }
    }
    for (int i = 0; i < length; i++) {
      counts[tokens[i]] = 0;
    }
    for (int i = sequence.promptLength(); i < length; i++) {
      int token = tokens[i];
      double penalty = sampling.frequencyPenalty();
      if (counts[token]++ == 0) {
        penalty += sampling.presencePenalty();
      }
      logits[token] -= (float) penalty;
    }
    for (int i = sequence.promptLength(); i < length; i++) {
      counts[tokens[i]] = 0;
    }
    sampling
        .logitBias()
        .forEach(
            (token, bias) -> {
              if (token >= 0 && token < vocabulary) {
                logits[token] += bias.floatValue();
              }
            });
  }

  private int draw(Sampling sampling, double uniform) {
    double sum =
        device.exponentials(logits, vocabulary, (float) (1 / sampling.temperature()), exponentials);
    boolean cut = sampling.topK() > 0 || sampling.topP() < 1 || sampling.minP() > 0;
    return cut ? drawFromCut(sampling, sum, uniform) : drawInOrder(sum * uniform);
  }

  private int drawInOrder(double point) {
    double passed = 0;
    for (int i = 0; i < vocabulary; i++) {
      passed += exponentials[i];
      if (point < passed) {
        return i;
      }
    }
    return id(best(exponentials, 1)[0]);
  }

  private int drawFromCut(Sampling sampling, double sum, double uniform) {
    boolean topK = sampling.topK() > 0 && sampling.topK() < vocabulary;
    int sorted = topK ? sampling.topK() : Math.min(vocabulary, CANDIDATES);
    while (true) {
      long[] candidates = best(exponentials, sorted);
      // What top-k leaves is the whole for top-p.
      double whole = topK ? mass(candidates, sorted) : sum;
      int size = 0;
      double mass = 0;
      while (size < sorted
          && mass < sampling.topP() * whole
          && exponentials[id(candidates[size])] >= sampling.minP()) {
        mass += exponentials[id(candidates[size++])];
      }
      if (topK || size < sorted || sorted == vocabulary) {
        return pick(candidates, Math.max(1, size), uniform);
      }
      sorted = Math.min(vocabulary, 8 * sorted);
    }
  }

  private int pick(long[] candidates, int size, double uniform) {
    double point = uniform * mass(candidates, size);
    double passed = 0;
    for (int i = 0; i < size; i++) {
      passed += exponentials[id(candidates[i])];
      if (point < passed) {
        return id(candidates[i]);
      }
    }
    return id(candidates[0]);
  }

  private double mass(long[] candidates, int n) {
    double mass = 0;
    for (int i = 0; i < n; i++) {
      mass += exponentials[id(candidates[i])];
    }
    return mass;
  }

  /**
   * The n greatest values, best first, the smaller id among equals. Each is one number that sorts
   * by value and then against id. Keeps the n best in a heap whose root is the worst of them.
   */
  private static long[] best(float[] values, int n) {
    long[] heap = new long[n];
    if (n == 0) {
      return heap;
    }
    Arrays.fill(heap, Long.MIN_VALUE);
    for (int id = 0; id < values.length; id++) {
      int bits = Float.floatToIntBits(values[id]);
      long key = (long) (bits ^ bits >> 31 & Integer.MAX_VALUE) << 32 | ~id & 0xFFFFFFFFL;
      if (key > heap[0]) {
        replaceRoot(heap, key);
      }
    }
    Arrays.sort(heap);
    for (int i = 0, j = n - 1; i < j; i++, j--) {
      long swapped = heap[i];
      heap[i] = heap[j];
      heap[j] = swapped;
    }
    return heap;
  }

  private static void replaceRoot(long[] heap, long key) {
    int i = 0;
    for (int child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= key) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = key;
  }

  private static int id(long key) {
    return ~(int) key;
  }
}
