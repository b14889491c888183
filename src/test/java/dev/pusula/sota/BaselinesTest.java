package dev.pusula.sota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.sota.control.BaselineFile;
import dev.pusula.sota.control.Comparer;
import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.Comparison;
import dev.pusula.sota.entity.SettingKey;
import java.io.StringReader;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class BaselinesTest {

  private static final SettingKey FULL =
      new SettingKey(SettingKey.REQUIRED.stream().collect(Collectors.toMap(f -> f, f -> "1")));
  private static final Comparer COMPARER =
      new Comparer(Clock.fixed(Instant.parse("2026-11-24T00:00:00Z"), ZoneOffset.UTC));

  @Test
  void bundled_named_areAllThere() {
    assertThat(BaselineFile.bundled())
        .extracting(Baseline::model)
        .contains("GPT-4", "GPT-3.5 Turbo", "LLaMA-2-7B", "Mistral-7B", "Mixtral-8x7B", "BERTurk")
        .doesNotContain("Mixtral-7B");
  }

  @Test
  void read_badRow_isNamed() {
    assertThatThrownBy(() -> BaselineFile.read(new StringReader("model\n")))
        .hasMessageStartingWith("row 1:");
  }

  @Test
  void compare_equalFullSetting_isFair() {
    // (200 - 150) / 200 = 25 % less time; (25 - 20) / 20 = 25 % more throughput
    assertThat(percent("e2e.p95", 200, 150)).isCloseTo(25, within(1e-9));
    assertThat(percent("requests_per_second.value", 20, 25)).isCloseTo(25, within(1e-9));
  }

  @Test
  void compare_unknownField_isADifferentSetting() {
    assertThat(
            COMPARER.compare(
                baseline("e2e.p95", 2, SettingKey.parse("gpu=H100")), 1, SettingKey.parse("")))
        .isInstanceOfSatisfying(
            Comparison.DifferentSetting.class,
            d -> assertThat(d.differing()).contains("gpu", "model", "precision"));
  }

  @Test
  void compare_unsourced_neverGivesARatio() {
    Baseline seed =
        new Baseline(
            "GPT-4", "e2e.p95", 500, "ms", FULL, "", null, null, null, "none", "unsourced");
    assertThat(COMPARER.compare(seed, 1, FULL)).isInstanceOf(Comparison.Unsourced.class);
  }

  private static double percent(String metric, double theirs, double ours) {
    return ((Comparison.Fair) COMPARER.compare(baseline(metric, theirs, FULL), ours, FULL))
        .improvementPercent();
  }

  private static Baseline baseline(String metric, double value, SettingKey key) {
    return new Baseline(
        "m", metric, value, "ms", key, "", "t", "u", "2026-11-01", "high", "published");
  }
}
