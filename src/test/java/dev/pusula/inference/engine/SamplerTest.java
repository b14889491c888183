package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.TokenLogprob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {

  /** Probabilities 0.5, 0.25, 0.125, 0.0625, 0.0625 in another order, and 95 impossible ones. */
  private static final float[] LOGITS = new float[100];

  private static final double[] PROBABILITIES = {0.125, 0.5, 0.0625, 0.25, 0.0625};
  private static final int DRAWS = 40_000;

  static {
    Arrays.fill(LOGITS, -90);
    for (int i = 0; i < PROBABILITIES.length; i++) {
      LOGITS[i] = (float) Math.log(PROBABILITIES[i]) + 3;
    }
  }

  private final Device device = CpuDevices.best(Weights.STORED, 1);
  private final Sampler sampler = new Sampler(device, LOGITS.length, id -> new byte[] {(byte) id});

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    // temperature, top-k, top-p, min-p, then the shares of tokens 0…4
    "1,0,1,0, 0.125,0.5,0.0625,0.25,0.0625",
    "1,2,1,0, 0,0.66667,0,0.33333,0",
    "1,0,0.75,0, 0,0.66667,0,0.33333,0",
    "1,0,0.76,0, 0.14286,0.57143,0,0.28571,0",
    "1,0,1,0.2, 0.14286,0.57143,0,0.28571,0",
    "1,3,0.5,0, 0,1,0,0,0",
    "1,1,1,0, 0,1,0,0,0",
    "0.5,0,1,0, 0.04651,0.74419,0.01163,0.18605,0.01163",
    "1,1000,1,0, 0.125,0.5,0.0625,0.25,0.0625",
  })
  void draws_comeAsOftenAsTheCutSays(
      double temperature,
      int topK,
      double topP,
      double minP,
      double p0,
      double p1,
      double p2,
      double p3,
      double p4) {
    Sequence sequence =
        sequence(new Sampling(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 3), -1);
    int[] drawn = new int[LOGITS.length];
    Device.Buffer logits = logits();
    for (int i = 0; i < DRAWS; i++) {
      drawn[sampler.draw(sequence, logits, 0).id()]++;
    }
    double[] expected = {p0, p1, p2, p3, p4};
    for (int i = 0; i < expected.length; i++) {
      double deviation = Math.sqrt(expected[i] * (1 - expected[i]) / DRAWS);
      assertThat(drawn[i] / (double) DRAWS)
          .as("token %d", i)
          .isCloseTo(expected[i], within(5 * deviation + 1e-5));
    }
  }

  @Test
  void seed_repeats() {
    Sampling sampling = Sampling.of(1, 1, 9);
    Sequence first = sequence(sampling, -1);
    Sequence second = sequence(sampling, -1);
    Device.Buffer logits = logits();
    for (int i = 0; i < 50; i++) {
      assertThat(sampler.draw(first, logits, 0).id())
          .isEqualTo(sampler.draw(second, logits, 0).id());
    }
  }

  @Test
  void logprobs_areTheModelsOwn_whateverThePenalties() {
    Sampling biased = new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(2, 100.0), 0);
    Sampler.Drawn drawn = sampler.draw(sequence(biased, 3), logits(), 0);
    TokenLogprob logprob = Objects.requireNonNull(drawn.logprob());
    assertThat(drawn.id()).isEqualTo(2);
    assertThat(logprob.logprob()).isCloseTo(Math.log(0.0625), within(1e-5));
    assertThat(logprob.bytes()).containsExactly(2);
    assertThat(logprob.top()).extracting(TokenLogprob::id).containsExactly(1, 3, 0);
    assertThat(logprob.top().get(1).logprob()).isCloseTo(Math.log(0.25), within(1e-5));
  }

  @Test
  void penalties_followTheirFormulas() {
    // The prompt holds 1 and 3, the answer 3 and 3.
    Sequence sequence = sequence(new Sampling(0, 0, 1, 0, 1, 0.3, 0.2, Map.of(), 0), -1);
    sequence.accept(3, new byte[0], null);
    sequence.accept(3, new byte[0], null);
    assertThat(sampler.draw(sequence, logits(), 0).id()).isEqualTo(1);

    // Token 1 leads by ln 2 = 0.69; a divisor of 1.6 brings 2.31 to 1.44, below 3's 1.61 / 1.
    Sampling repetition = new Sampling(0, 0, 1, 0, 1.6, 0, 0, Map.of(), 0);
    Sequence onlyOne =
        new Sequence(
            request(repetition, -1), LISTENER, new int[] {1}, new Batch.Applied[0], 0, () -> {});
    assertThat(sampler.draw(onlyOne, logits(), 0).id()).isEqualTo(3);

    // Twice a frequency of 1 and a presence of 1 take 3 from token 1.
    Sampling strong = new Sampling(0, 0, 1, 0, 1, 1, 1, Map.of(), 0);
    Sequence answered = sequence(strong, -1);
    answered.accept(1, new byte[0], null);
    answered.accept(1, new byte[0], null);
    assertThat(sampler.draw(answered, logits(), 0).id()).isEqualTo(3);
    assertThat(sampler.draw(sequence(strong, -1), logits(), 0).id())
        .as("the prompt does not count")
        .isEqualTo(1);
  }

  @Test
  void bias_ofMinusHundred_excludes() {
    Sequence sequence =
        sequence(new Sampling(1, 0, 1, 0, 1, 0, 0, Map.of(1, -100.0, 3, -100.0), 5), -1);
    Device.Buffer logits = logits();
    for (int i = 0; i < 1000; i++) {
      assertThat(sampler.draw(sequence, logits, 0).id()).isNotIn(1, 3);
    }
  }

  private Device.Buffer logits() {
    ByteBuffer data = ByteBuffer.allocate(4 * LOGITS.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(LOGITS);
    Tensor tensor = new Tensor("logits", Tensor.Type.F32, new int[] {1, LOGITS.length}, data);
    Device.Buffer buffer = device.buffer(1, LOGITS.length);
    device.embed(device.matrix(tensor), new Rows(1).add(0).batch(), 1, buffer);
    return buffer;
  }

  private static Sequence sequence(Sampling sampling, int topLogprobs) {
    return new Sequence(
        request(sampling, topLogprobs),
        LISTENER,
        new int[] {1, 3},
        new Batch.Applied[0],
        0,
        () -> {});
  }

  private static GenerationRequest request(Sampling sampling, int topLogprobs) {
    return new GenerationRequest(
        new Prompt.Text("x"), List.of(), 9, sampling, List.of(), topLogprobs, Duration.ofHours(1));
  }

  private static final GenerationListener LISTENER =
      new GenerationListener() {
        @Override
        public void text(Piece piece) {}

        @Override
        public void ended(Outcome outcome) {}
      };
}
