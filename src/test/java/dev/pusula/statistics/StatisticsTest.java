package dev.pusula.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StatisticsTest {

  private static final double[] TENS = {10, 20, 30, 40};

  @Test
  void type7_fourValues_agreesWithPercentileCont() {
    // select percentile_cont(0.95) within group (order by v) from unnest(array[10,20,30,40]) v
    assertThat(Percentiles.type7(TENS, 0.95)).isCloseTo(38.5, within(1e-12));
    // R: quantile(c(10,20,30,40), 0.25) is 17.5
    assertThat(Percentiles.type7(TENS, 0.25)).isEqualTo(17.5);
    assertThat(Percentiles.type7(TENS, 0.5)).isEqualTo(25);
  }

  @Test
  void type7_ends_areMinimumAndMaximum() {
    assertThat(Percentiles.type7(TENS, 0)).isEqualTo(10);
    assertThat(Percentiles.type7(TENS, 1)).isEqualTo(40);
  }

  @Test
  void type7_oneValueTiesAndNone_areDefined() {
    assertThat(Percentiles.type7(new double[] {7}, 0.99)).isEqualTo(7);
    assertThat(Percentiles.type7(new double[] {0.1, 0.1, 0.1}, 0.3)).isEqualTo(0.1);
    assertThat(Percentiles.type7(new double[0], 0.5)).isNaN();
  }

  @Test
  void type7_shareOutsideRange_isRefused() {
    assertThatThrownBy(() -> Percentiles.type7(TENS, 95)).hasMessageContaining("95");
    assertThatThrownBy(() -> Percentiles.type7(TENS, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void percentileInterval_countedResamples_equalSortedResamples() {
    double[] values = new SplittableRandom(5).doubles(41, 0, 100).toArray();
    double[] ps = {0.99, 0, 0.5, 1, 0.95, 0.5};
    List<Interval> counted = Bootstrap.percentileInterval(values, ps, 200, 9);

    // The plain way: draw, sort, take the percentile.
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    SplittableRandom random = new SplittableRandom(9);
    double[][] estimates = new double[ps.length][200];
    for (int r = 0; r < 200; r++) {
      double[] resample = random.ints(41, 0, 41).mapToDouble(i -> sorted[i]).sorted().toArray();
      for (int k = 0; k < ps.length; k++) {
        estimates[k][r] = Percentiles.type7(resample, ps[k]);
      }
    }
    for (int k = 0; k < ps.length; k++) {
      Arrays.sort(estimates[k]);
      assertThat(counted.get(k).low()).isEqualTo(Percentiles.type7(estimates[k], 0.025));
      assertThat(counted.get(k).high()).isEqualTo(Percentiles.type7(estimates[k], 0.975));
    }
  }

  @Test
  void percentileInterval_medianOfNormalSamples_coversTruthAboutNineteenOfTwenty() {
    SplittableRandom random = new SplittableRandom(1);
    int covered = 0;
    for (int trial = 0; trial < 200; trial++) {
      double[] values = random.doubles(101).toArray();
      Interval median = Bootstrap.percentileInterval(values, new double[] {0.5}, 400, trial).get(0);
      covered += median.contains(0.5) ? 1 : 0;
    }
    // 95 % of 200 is 190; four binomial standard deviations (3.1) either way.
    assertThat(covered).isBetween(177, 200);
  }

  @Test
  void percentileInterval_sameSeed_isRepeatable() {
    double[] ps = {0.5};
    assertThat(Bootstrap.percentileInterval(TENS, ps, 50, 3))
        .isEqualTo(Bootstrap.percentileInterval(new double[] {40, 30, 20, 10}, ps, 50, 3));
  }

  @Test
  void bootstrap_emptyOrConstant_isNanOrAPoint() {
    assertThat(Bootstrap.percentileInterval(new double[0], new double[] {0.5}, 10, 1))
        .containsExactly(Interval.NONE);
    assertThat(Bootstrap.meanInterval(new double[0], 10, 1)).isEqualTo(Interval.NONE);
    assertThat(Bootstrap.meanInterval(new double[] {4, 4}, 10, 1)).isEqualTo(new Interval(4, 4));
    assertThatThrownBy(() -> Bootstrap.meanInterval(TENS, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void meanInterval_manyValues_isNearTheNormalOne() {
    double[] values = new SplittableRandom(2).doubles(2_000).toArray();
    Interval mean = Bootstrap.meanInterval(values, 2_000, 4);
    // The mean of n uniform values has the deviation 1/sqrt(12 n): 2 * 1.96 * 0.00645 is 0.0253.
    assertThat(mean.width()).isCloseTo(0.0253, within(0.0025));
    assertThat(mean.contains(Summary.of(values).mean())).isTrue();
  }

  @Test
  void wilson_newcombesExamples_agreeWithHisTable() {
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine
    // 17, 1998, table I, score method without continuity correction, four digits.
    assertInterval(Wilson.interval(81, 263), 0.2553, 0.3662);
    assertInterval(Wilson.interval(15, 148), 0.0624, 0.1605);
    assertInterval(Wilson.interval(0, 20), 0.0000, 0.1611);
    assertInterval(Wilson.interval(1, 29), 0.0061, 0.1718);
  }

  @Test
  void wilson_extremes_stayInsideRange() {
    // z² / (n + z²) = 3.841459 / 13.841459
    assertThat(Wilson.interval(0, 10).low()).isZero();
    assertThat(Wilson.interval(0, 10).high()).isCloseTo(0.277533, within(1e-6));
    assertThat(Wilson.interval(10, 10).high()).isEqualTo(1);
    assertThat(Wilson.interval(10, 10).low()).isCloseTo(0.722467, within(1e-6));
    assertThat(Wilson.interval(0, 0)).isEqualTo(Interval.NONE);
    assertThatThrownBy(() -> Wilson.interval(2, 1)).hasMessageContaining("2 of 1");
  }

  @Test
  void proportion_share_isHitsOfAll() {
    assertThat(new Proportion(3, 4).share()).isEqualTo(0.75);
    assertThat(new Proportion(0, 0).share()).isNaN();
    assertThat(new Proportion(5, 10).interval()).isEqualTo(Wilson.interval(5, 10));
    assertThatThrownBy(() -> new Proportion(-1, 4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void summary_knownValues_agreesWithR() {
    // R: sd(c(2,4,4,4,5,5,7,9)) is sqrt(32/7) = 2.13809
    Summary summary = Summary.of(new double[] {2, 4, 4, 4, 5, 5, 7, 9});
    assertThat(summary.n()).isEqualTo(8);
    assertThat(summary.mean()).isCloseTo(5, within(1e-12));
    assertThat(summary.sd()).isCloseTo(2.138089935299395, within(1e-12));
    assertThat(summary.min()).isEqualTo(2);
    assertThat(summary.max()).isEqualTo(9);
  }

  @Test
  void summary_largeOffset_keepsItsSpread() {
    // A sum of squares would lose all digits of sd(1, 2, 3) = 1 at this offset.
    assertThat(Summary.of(new double[] {1e9 + 1, 1e9 + 2, 1e9 + 3}).sd()).isEqualTo(1);
  }

  @Test
  void summary_noneOrOne_hasNoSpread() {
    assertThat(Summary.of(new double[0]).mean()).isNaN();
    assertThat(Summary.of(new double[] {3}).sd()).isNaN();
    assertThat(Summary.of(new double[] {3}).max()).isEqualTo(3);
  }

  @Test
  void confusion_threeClasses_agreesWithScikitLearn() {
    // f1_score([0,1,2,0,1,2], [0,2,1,0,0,1], average="macro") is 0.26666 (scikit-learn's manual)
    Confusion confusion = new Confusion(4);
    int[] labels = {0, 1, 2, 0, 1, 2};
    int[] predictions = {0, 2, 1, 0, 0, 1};
    for (int i = 0; i < labels.length; i++) {
      confusion.add(labels[i], predictions[i]);
    }
    assertThat(confusion.macroF1()).isCloseTo(0.8 / 3, within(1e-12));
    assertThat(confusion.accuracy()).isEqualTo(new Proportion(2, 6));
    assertThat(confusion.precision(0)).isEqualTo(new Proportion(2, 3));
    assertThat(confusion.recall(0)).isEqualTo(new Proportion(2, 2));
    assertThat(confusion.count(2, 1)).isEqualTo(2);
    assertThat(confusion.f1(3)).isZero();
  }

  @Test
  void confusion_nothingCounted_hasNoScore() {
    assertThat(new Confusion(2).macroF1()).isNaN();
    assertThatThrownBy(() -> new Confusion(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Confusion(2).add(0, 0, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void interval_reversed_isRefused() {
    assertThatThrownBy(() -> new Interval(2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new Interval(1, 2).contains(2)).isTrue();
    assertThat(Interval.NONE.contains(0)).isFalse();
  }

  private static void assertInterval(Interval interval, double low, double high) {
    assertThat(interval.low()).isCloseTo(low, within(5.1e-5));
    assertThat(interval.high()).isCloseTo(high, within(5.1e-5));
  }
}
