package dev.pusula.benchmark.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CompletionRequestTest {

  private static final Instant END = Samples.START.plusSeconds(40);

  private final Run run = Samples.run("insurance");

  @Test
  void applyTo_sameStatusTwice_leavesTheRunAsItIs() {
    request(RunStatus.COMPLETED).applyTo(run, END);
    request(RunStatus.COMPLETED).applyTo(run, END.plusSeconds(1));

    assertThat(run.endedAt()).isEqualTo(END);
  }

  @Test
  void applyTo_runGivenUpForSilence_takesOnlyAborted() {
    run.abort("silent", Completion.SILENT, END);

    assertThatThrownBy(() -> request(RunStatus.COMPLETED).applyTo(run, END))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(409));
    request(RunStatus.ABORTED).applyTo(run, END);
    assertThat(run.endReason()).isEqualTo("silent");
  }

  @Test
  void checked_everyWrongField_isNamed() {
    ProblemException problem =
        catchThrowableOfType(
            ProblemException.class,
            () -> new CompletionRequest(null, null, 5L, 4L, 1L, 2L, 101.0, null).checked());

    assertThat(problem.problem().status()).isEqualTo(422);
    assertThat(problem.problem().errors())
        .extracting(Problem.FieldError::field)
        .containsExactly("status", "measure_to_us", "dropped", "generator_cpu_percent");
  }

  private static CompletionRequest request(RunStatus status) {
    return new CompletionRequest(status, null, 0L, 1L, 1L, 0L, 1.0, false).checked();
  }
}
