package dev.pusula.sota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.control.RunCompletion;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.sota.control.BaselineFile;
import dev.pusula.sota.control.Comparer;
import dev.pusula.sota.control.RunComparisons;
import dev.pusula.sota.entity.ComparedFigure;
import dev.pusula.sota.entity.Comparison;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunComparisonsTest {

  private static final Clock CLOCK = Clock.fixed(Samples.START.plusSeconds(60), ZoneOffset.UTC);

  @Test
  void compare_runOfAnotherSetting_putsBothValuesInOneUnitAndNamesWhatDiffers() {
    Run run = Samples.run("insurance");
    run.complete(new Completion(0L, 1_000_000L, 1L, 0L, 5.0, false), Samples.START.plusSeconds(1));
    List<Measurement> measurements =
        new RunCompletion(run, 150_000)
            .compute(List.of(Samples.sample(0)), List.of(), List.of())
            .measurements();

    List<ComparedFigure> figures =
        new RunComparisons(new Comparer(CLOCK)).compare(run, measurements, BaselineFile.bundled());

    assertThat(figures).isNotEmpty().noneMatch(f -> f.comparison() instanceof Comparison.Fair);
    // The sample's end-to-end time is 100 ms; a baseline in seconds is met by 0.1.
    assertThat(figures)
        .filteredOn(f -> f.baseline().metric().equals("e2e.p50"))
        .isNotEmpty()
        .allSatisfy(
            f ->
                assertThat(f.ours())
                    .isCloseTo(f.baseline().unit().equals("s") ? 0.1 : 100, within(1e-9)));
    assertThat(figures)
        .filteredOn(f -> f.comparison() instanceof Comparison.DifferentSetting)
        .isNotEmpty()
        .allSatisfy(
            f ->
                assertThat(((Comparison.DifferentSetting) f.comparison()).differing())
                    .contains("model"));
  }
}
