package dev.pusula.routing.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.routing.model.Card.Score;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of two labels that knows the features of two words, with weights set by hand. */
class SectorModelTest {

  private static final List<String> LABELS = List.of("energy", "insurance");
  private static final float[] BIAS = {-1, 0.5f};

  private final SectorModel model = model("kasko", "fatura");

  /**
   * "kasko" alone: 14 n-grams of 1/√14 and one word of 1 weigh 1 for insurance and −1 for energy.
   */
  @Test
  void logits_areWeightsTimesScalePlusBias() {
    float[] z = new float[2];
    model.logits(read("kasko"), z);
    assertThat(z[1]).isCloseTo((float) Math.sqrt(14) + 1.5f, within(1e-5f));
    assertThat(z[0]).isCloseTo((float) -Math.sqrt(14) - 2, within(1e-5f));
  }

  @Test
  void unknownText_hasTheBiasOnly() {
    float[] z = new float[2];
    model.logits(read("zzzzqqqq"), z);
    assertThat(z).containsExactly(BIAS);
    model.logits(read(""), z);
    assertThat(z).containsExactly(BIAS);
  }

  /** softmax(2 · z + shift) by hand: z = (−1, 0.5), shift = (0.25, 0): −1.75 against 1. */
  @Test
  void probabilities_areTheCalibratedSoftmax() {
    float[] p = new float[2];
    model.probabilities(read(""), p);
    double expected = 1 / (1 + Math.exp(-1.75 - 1));
    assertThat((double) p[1]).isCloseTo(expected, within(1e-6));
    assertThat(p[0] + p[1]).isCloseTo(1, within(1e-6f));
  }

  @Test
  void contrast_namesFeaturesOfTheText_andAddsUpToTheDifference() {
    Features features = read("kasko faturası");
    List<SectorModel.Contribution> all = model.contrast(features, 1, 0, 1_000);
    float[] z = new float[2];
    model.logits(features, z);
    double difference = 2 * (z[1] - z[0] - (BIAS[1] - BIAS[0]));
    assertThat(all.stream().mapToDouble(SectorModel.Contribution::weight).sum())
        .isCloseTo(difference, within(1e-4));
    assertThat(all)
        .extracting(SectorModel.Contribution::words)
        .containsExactlyInAnyOrder("kasko", "faturasi");
    assertThat(all)
        .filteredOn(c -> c.words().equals("kasko"))
        .allSatisfy(c -> assertThat(c.weight()).isPositive());
    assertThat(model.contrast(features, 1, 0, 1)).isEqualTo(all.subList(0, 1));
  }

  /** A byte holds ±127 steps of a row's largest weight: the error is at most half a step. */
  @Test
  void file_readsBackWithinItsPrecision_andTwiceTheSame() throws IOException {
    byte[] file = written(model);
    assertThat(written(model)).isEqualTo(file);
    SectorModel read = ModelFile.read(new ByteArrayInputStream(file));
    assertThat(read.card()).isEqualTo(model.card());
    assertThat(read.rows()).isEqualTo(model.rows());
    float[] expected = new float[2];
    float[] actual = new float[2];
    model.logits(read("kasko faturası"), expected);
    read.logits(read("kasko faturası"), actual);
    assertThat(actual[0]).isCloseTo(expected[0], within(0.05f));
    assertThat(actual[1]).isCloseTo(expected[1], within(0.05f));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 100, -40, -1})
  void truncatedFile_isRefused(int bytes) throws IOException {
    byte[] whole = written(model);
    byte[] cut = Arrays.copyOf(whole, bytes >= 0 ? bytes : whole.length + bytes);
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(cut)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void foreignOrDamagedFile_isRefused() throws IOException {
    assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(new byte[200])))
        .isInstanceOf(IOException.class);
    byte[] whole = written(model);
    for (int at = 12; at < whole.length; at += 37) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      assertThatThrownBy(() -> ModelFile.read(new ByteArrayInputStream(damaged)))
          .as("byte %d", at)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void numbersThatAreNone_areRefused() {
    assertThatThrownBy(
            () ->
                new SectorModel(
                    card(),
                    new long[1 << (Features.BITS - 6)],
                    new float[0],
                    new float[] {Float.NaN, 0},
                    new Calibration(1, new float[2])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finite");
  }

  private static Features read(String text) {
    Features features = new Features();
    features.read(text);
    return features;
  }

  private static byte[] written(SectorModel model) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(model, out);
    return out.toByteArray();
  }

  private static Card card() {
    return new Card(
        LABELS,
        "abc",
        "def",
        7,
        1,
        Map.of("cost", 10.0, "folds", 5.0),
        Map.of("energy", 0.3),
        Map.of("accuracy", new Score(0.9, 0.8, 0.95, 40)));
  }

  /** Weights of +1 for the second label and −1 for the first, or the other way round. */
  private static SectorModel model(String ofInsurance, String ofEnergy) {
    TreeSet<Integer> insurance = ids(ofInsurance);
    TreeSet<Integer> all = ids(ofEnergy);
    all.addAll(insurance);
    long[] kept = new long[1 << (Features.BITS - 6)];
    float[] weights = new float[2 * all.size()];
    int at = 0;
    for (int id : all) {
      kept[id >>> 6] |= 1L << id;
      float sign = insurance.contains(id) ? 1 : -1;
      weights[at++] = -sign;
      weights[at++] = sign;
    }
    return new SectorModel(card(), kept, weights, BIAS, new Calibration(2, new float[] {0.25f, 0}));
  }

  private static TreeSet<Integer> ids(String word) {
    Features features = read(word);
    TreeSet<Integer> ids = new TreeSet<>();
    features.spell((id, value, words) -> ids.add(id));
    return ids;
  }
}
