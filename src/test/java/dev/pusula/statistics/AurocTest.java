package dev.pusula.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AurocTest {

  /** Of 3 × 4 pairs by hand: 0.9 wins 4, 0.5 wins 2 and ties 1, 0.1 wins 0 and ties 1. */
  @Test
  void pairs_areCounted_tiesHalf() {
    double area = Auroc.of(new double[] {0.5, 0.9, 0.1}, new double[] {0.1, 0.5, 0.3, 0.8});
    assertThat(area).isCloseTo((4 + 2.5 + 0.5) / 12, within(1e-15));
  }

  @Test
  void apart_isOne_reversed_isZero_equal_isHalf() {
    double[] high = {3, 4};
    double[] low = {1, 2};
    assertThat(Auroc.of(high, low)).isEqualTo(1);
    assertThat(Auroc.of(low, high)).isZero();
    assertThat(Auroc.of(new double[] {1, 1, 1}, new double[] {1, 1})).isEqualTo(0.5);
  }

  @Test
  void emptyGroup_isNaN() {
    assertThat(Auroc.of(new double[0], new double[] {1})).isNaN();
    assertThat(Auroc.of(new double[] {1}, new double[0])).isNaN();
  }
}
