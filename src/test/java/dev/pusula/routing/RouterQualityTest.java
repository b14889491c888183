package dev.pusula.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.routing.control.RouterModel;
import dev.pusula.routing.control.SectorRouter;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.training.Evaluation;
import dev.pusula.routing.training.LabelledFile;
import dev.pusula.routing.training.LabelledText;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The router as it is shipped: how good it must stay, and that no text breaks it. */
@Tag("locale")
class RouterQualityTest {

  private static SectorRouter router;
  private static List<LabelledText> queries;

  @BeforeAll
  static void load() {
    router = SectorRouter.ofModel(SectorsFile.load(null), RouterModel.load(null), null);
    queries =
        LabelledFile.read(
            Path.of("src/main/corpus/queries"), Set.copyOf(router.classifier().labels()));
  }

  /** By writers whose queries neither weights nor calibration have seen. */
  @Test
  void testSplit_staysAboveItsFloors() {
    Evaluation evaluation = evaluate("test");
    assertThat(evaluation.accuracy().share()).isGreaterThan(0.93);
    assertThat(evaluation.confusion().macroF1()).isGreaterThan(0.92);
    assertThat(evaluation.accuracyWithAlso().share()).isGreaterThan(0.95);
    assertThat(evaluation.accuracyByStyle().get("ascii").share()).isGreaterThan(0.92);
    assertThat(evaluation.accuracyByStyle().get("noisy").share()).isGreaterThan(0.88);
    assertThat(evaluation.accuracyByStyle().get("indirect").share()).isGreaterThan(0.75);
    assertThat(evaluation.generalRecall().share()).isGreaterThan(0.90);
    assertThat(evaluation.rejected().share()).isLessThan(0.03);
    assertThat(evaluation.outOfScopeAuroc()).isGreaterThan(0.97);
    assertThat(evaluation.calibrationError()).isLessThan(0.03);
  }

  /** Rows of the first round, whose briefs asked for rare words and for the sectors' borders. */
  @Test
  void hardSplit_staysAboveItsFloor() {
    assertThat(evaluate("hard").accuracy().share()).isGreaterThan(0.81);
  }

  private static Evaluation evaluate(String split) {
    Evaluation evaluation = new Evaluation(router.classifier().labels());
    for (LabelledText row : queries) {
      if (row.split().equals(split)) {
        RouteDecision decision = router.route(row.text());
        evaluation.add(
            row, decision.sector(), decision.score(), decision.scoreOf(RouteDecision.GENERAL));
      }
    }
    return evaluation;
  }

  /** Composed or not, in capitals by Turkish or English rules, with the other apostrophe. */
  @Test
  void spelling_changesNoDecision() {
    for (LabelledText row : queries.subList(0, 2_000)) {
      String text = row.text();
      RouteDecision expected = router.route(text);
      for (String spelt :
          List.of(
              Normalizer.normalize(text, Normalizer.Form.NFD),
              Normalizer.normalize(text, Normalizer.Form.NFC),
              text.toUpperCase(Locale.forLanguageTag("tr")),
              text.replace('\'', '’'))) {
        RouteDecision decision = router.route(spelt);
        assertThat(decision.sector()).as(spelt).isEqualTo(expected.sector());
        assertThat(decision.score()).as(spelt).isEqualTo(expected.score());
      }
    }
  }

  static List<String> hostile() {
    return List.of(
        "",
        " ",
        "kasko ".repeat(180_000),
        "😀".repeat(250_000),
        "\u202E" + "نص عربي ".repeat(20_000),
        "\uD83D".repeat(100_000) + "\uDE00\uD83D",
        "\u0000\u0001\u001B[31m\u007F".repeat(50_000),
        "x".repeat(10_000),
        "e\u0301".repeat(500_000),
        "a'".repeat(300_000),
        "e-".repeat(300_000),
        ("ab " + "\u0307".repeat(50)).repeat(5_000));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileText_isDecidedInTime(String text) {
    long start = System.nanoTime();
    RouteDecision decision = router.route(text);
    assertThat(router.explain(text, decision).line()).isNotBlank();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(decision.adapters()).isNotEmpty();
    assertThat(decision.score()).isBetween(0.0, 1.0);
  }
}
