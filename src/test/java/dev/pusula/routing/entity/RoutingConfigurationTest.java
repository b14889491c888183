package dev.pusula.routing.entity;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pusula.balancing.LoadBalancing;
import dev.pusula.routing.entity.RoutingConfiguration.BenchmarkTargets;
import dev.pusula.routing.entity.RoutingConfiguration.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingConfigurationTest {

  private static final Sector SECTOR =
      new Sector(
          "legal", "Hukuk", "Dava.", "adapters/legal_adapter", 1, List.of("dava"), List.of());

  @ParameterizedTest
  @CsvSource({"' ', 0.2, 3", "a, -0.1, 3", "a, 1.1, 3", "a, NaN, 3", "a, 0.2, 0", "a, 0.2, 4"})
  void settings_outsideTheirRange_areRefused(String adapter, double threshold, int experts) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Settings(adapter, threshold, experts, LoadBalancing.ROUND_ROBIN));
  }

  @ParameterizedTest
  @CsvSource({"0, 50, 8, 0.8", "100, NaN, 8, 0.8", "100, 50, -1, 0.8", "100, 50, 8, 1.1"})
  void targets_outsideTheirRange_areRefused(double ms, double rate, double memory, double gpu) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BenchmarkTargets(ms, rate, memory, gpu));
  }

  @Test
  void sectors_noneOrTwiceTheSame_areRefused() {
    Settings settings = new Settings("a", 0.2, 3, LoadBalancing.ROUND_ROBIN);
    BenchmarkTargets targets = new BenchmarkTargets(100, 50, 8, 0.8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RoutingConfiguration(settings, targets, List.of(), "v"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new RoutingConfiguration(settings, targets, List.of(SECTOR, SECTOR), "v"));
  }
}
