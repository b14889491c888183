package dev.pusula.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {

  private final Reliability reliability = new Reliability();

  /** Two bins: |1 − 1.8| of two at 0.9 and |1 − 0.3| of one at 0.3, over three decisions. */
  @Test
  void error_isTheMeanGapWeightedByBins() {
    reliability.add(0.9, true);
    reliability.add(0.9, false);
    reliability.add(0.3, true);
    assertThat(reliability.expectedCalibrationError()).isCloseTo((0.8 + 0.7) / 3, within(1e-12));
  }

  @Test
  void statedShares_haveNoError() {
    for (int i = 0; i < 100; i++) {
      reliability.add(0.75, i % 4 != 0);
      reliability.add(1, true);
      reliability.add(0, false);
    }
    assertThat(reliability.expectedCalibrationError()).isCloseTo(0, within(1e-12));
  }

  @Test
  void nothing_isNaN_andNoShare_isRefused() {
    assertThat(reliability.expectedCalibrationError()).isNaN();
    assertThatThrownBy(() -> reliability.add(1.1, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reliability.add(Double.NaN, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
