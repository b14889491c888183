package dev.pusula.routing.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.statistics.Proportion;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Six decisions, every score by hand. */
class EvaluationTest {

  private final Evaluation evaluation = new Evaluation(List.of("energy", "insurance", "general"));

  @BeforeEach
  void decide() {
    add("energy", "", "search", "energy", 0.9, 0.05);
    add("energy", "insurance", "search", "insurance", 0.6, 0.1);
    add("insurance", "", "noisy", "insurance", 0.8, 0.1);
    add("insurance", "", "noisy", "general", 0.5, 0.5);
    add("general", "", "noisy", "general", 0.7, 0.7);
    add("general", "", "search", "energy", 0.4, 0.3);
  }

  @Test
  void shares_countRowsAndAlsoRightLabels() {
    assertThat(evaluation.accuracy()).isEqualTo(new Proportion(3, 6));
    assertThat(evaluation.accuracyWithAlso()).isEqualTo(new Proportion(4, 6));
    assertThat(evaluation.accuracyWithAlso("energy")).isEqualTo(new Proportion(2, 2));
    assertThat(evaluation.generalRecall()).isEqualTo(new Proportion(1, 2));
    assertThat(evaluation.rejected()).isEqualTo(new Proportion(1, 4));
    assertThat(evaluation.accuracyByStyle())
        .containsEntry("noisy", new Proportion(2, 3))
        .containsEntry("search", new Proportion(1, 3));
  }

  /** F1: each label 2 · 1 / (2 + 2). */
  @Test
  void macroF1_isTheMeanOverLabels() {
    assertThat(evaluation.confusion().macroF1()).isCloseTo(0.5, within(1e-12));
  }

  /** General 0.7 and 0.3 against 0.05, 0.1, 0.1, 0.5: 4 + 3 of 8 pairs. */
  @Test
  void outOfScope_isTheAreaOfGeneralsScore() {
    assertThat(evaluation.outOfScopeAuroc()).isCloseTo(7.0 / 8, within(1e-12));
  }

  /** Right at 0.9, 0.8 and 0.7; wrong at 0.6, 0.5 and 0.4: each in a bin of its own. */
  @Test
  void calibrationError_isTheMeanGap() {
    assertThat(evaluation.calibrationError())
        .isCloseTo((0.1 + 0.2 + 0.3 + 0.6 + 0.5 + 0.4) / 6, within(1e-12));
  }

  @Test
  void riskCoverage_leavesOutTheLeastSureFirst() {
    assertThat(evaluation.riskCoverage())
        .first()
        .satisfies(all -> assertThat(all.accuracy()).isEqualTo(new Proportion(3, 6)));
    assertThat(evaluation.riskCoverage())
        .last()
        .satisfies(
            half -> {
              assertThat(half.accuracy()).isEqualTo(new Proportion(3, 3));
              assertThat(half.threshold()).isEqualTo(0.7);
            });
  }

  private void add(
      String sector, String also, String style, String decided, double confidence, double general) {
    evaluation.add(
        new LabelledText(
            "metin", sector, also.isEmpty() ? List.of() : List.of(also), style, "test"),
        decided,
        confidence,
        general);
  }
}
