package dev.pusula.routing.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.routing.model.Calibration;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.ModelFile;
import dev.pusula.routing.model.SectorModel;
import dev.pusula.routing.training.Training.Corpus;
import dev.pusula.routing.training.Training.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("locale")
class TrainingTest {

  private static final List<String> LABELS = List.of("energy", "general", "insurance");

  /** Words of each label, of which the rows are made: a task with a known answer. */
  private static final List<List<String>> WORDS =
      List.of(
          List.of("elektrik", "fatura", "sayaç", "kombi", "doğalgaz"),
          List.of("hava", "şarkı", "yemek", "maç", "film"),
          List.of("kasko", "poliçe", "hasar", "eksper", "prim"));

  @Test
  void corpus_isLearnt_andEqualCorporaGiveEqualFiles() throws IOException {
    SectorModel model = new Training(corpus(), Options.chosen(3), step -> {}).run();
    assertThat(model.card().scores().get("test.accuracy").value()).isGreaterThan(0.95);
    assertThat(model.card().labels()).isEqualTo(LABELS);
    assertThat(model.card().rows()).isEqualTo(241);
    SectorModel again = new Training(corpus(), Options.chosen(3), step -> {}).run();
    assertThat(again.card()).isEqualTo(model.card());
    assertThat(file(again)).isEqualTo(file(model));
  }

  /** "yangın" stands in no row; the one term gives it away. */
  @Test
  void terms_areLearntLikeRows() {
    SectorModel model = new Training(corpus(), Options.chosen(3), step -> {}).run();
    Features features = new Features();
    features.read("yangın");
    float[] p = new float[LABELS.size()];
    model.probabilities(features, p);
    assertThat(p[2]).isGreaterThan(p[0]).isGreaterThan(p[1]);
  }

  @Test
  void typos_changeWordsOnly_andStayTheSameForASeed() {
    String text = "kasko poliçemi yenilettim ama ev";
    String slipped = Typos.in(text, new SplittableRandom(5));
    assertThat(slipped).isNotEqualTo(text).endsWith(" ama ev");
    assertThat(slipped.split(" ")).hasSize(5);
    assertThat(Typos.in(text, new SplittableRandom(5))).isEqualTo(slipped);
  }

  /**
   * Logits three times too sure of themselves, by construction: what is said with z is right as
   * often as softmax(z / 3) says. The fit finds a third.
   */
  @Test
  void calibrator_findsTheSlopeThatMadeTheLabels() {
    SplittableRandom random = new SplittableRandom(11);
    int n = 20_000;
    float[][] logits = new float[n][3];
    int[] truth = new int[n];
    Calibration third = new Calibration(1f / 3, new float[3]);
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < 3; c++) {
        logits[r][c] = (float) (12 * random.nextDouble() - 6);
      }
      float[] p = third.probabilities(logits[r]);
      double u = random.nextDouble();
      truth[r] = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
    }
    assertThat(Calibrator.fit(logits, truth).slope()).isCloseTo(1f / 3, within(0.02f));
  }

  private static byte[] file(SectorModel model) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(model, out);
    return out.toByteArray();
  }

  private static Corpus corpus() {
    SplittableRandom random = new SplittableRandom(1);
    return new Corpus(
        LABELS,
        rows(240, random),
        List.of(new LabelledText("yangın", "insurance", List.of(), "", "")),
        rows(60, random),
        Map.of("test", rows(60, random)));
  }

  private static List<LabelledText> rows(int n, SplittableRandom random) {
    List<LabelledText> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int label = i % LABELS.size();
      List<String> words = WORDS.get(label);
      String text =
          words.get(random.nextInt(words.size())) + "mi " + words.get(random.nextInt(words.size()));
      rows.add(new LabelledText(text + " nasıl", LABELS.get(label), List.of(), "search", ""));
    }
    return rows;
  }
}
