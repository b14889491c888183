package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.platform.Problem.FieldError;
import dev.pusula.platform.ProblemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a load generator says at the end.
 *
 * @param status COMPLETED, ABORTED or FAILED
 * @param reason why it did not complete
 * @param measureFromUs start of the measurement window, microseconds from the run's start
 * @param measureToUs its end
 * @param issued requests issued in the whole run, dropped ones included
 * @param dropped due but not sent because too many were in flight
 * @param generatorCpuPercent mean over the window, of all cores, 0…100
 * @param clockStep whether the wall clock left the monotonic one
 */
@Schema(name = "RunCompletion", description = "How a run ended")
record CompletionRequest(
    @Schema(example = "COMPLETED") @Nullable RunStatus status,
    @Nullable String reason,
    @Schema(example = "10000000") @Nullable Long measureFromUs,
    @Schema(example = "40000000") @Nullable Long measureToUs,
    @Schema(example = "1500") @Nullable Long issued,
    @Schema(example = "0") @Nullable Long dropped,
    @Schema(example = "12.5") @Nullable Double generatorCpuPercent,
    @Nullable Boolean clockStep) {

  /**
   * Moves a running run to its end. A run that has ended in the same status stays as it is: the
   * answer to the first call was lost, or the server had given the run up itself.
   *
   * @throws ProblemException 409 for a run that has ended otherwise
   */
  void applyTo(Run run, Instant at) {
    if (run.status() == RunStatus.RUNNING) {
      Completion said =
          new Completion(
              measureFromUs, measureToUs, issued, dropped, generatorCpuPercent, clockStep);
      String why = reason == null || reason.isBlank() ? "the generator gave no reason" : reason;
      switch (checkedStatus()) {
        case ABORTED -> run.abort(why, said, at);
        case FAILED -> run.fail(why, said, at);
        default -> run.complete(said, at);
      }
    } else if (run.status() != status) {
      throw ProblemException.conflict(
          "run "
              + run.id()
              + " is "
              + run.status()
              + (run.endReason() == null ? "" : " (" + run.endReason() + ")")
              + " and cannot become "
              + status);
    }
  }

  /**
   * This, checked.
   *
   * @throws ProblemException 422 naming every field that is wrong
   */
  CompletionRequest checked() {
    List<FieldError> errors = new ArrayList<>();
    if (status == null || status == RunStatus.RUNNING) {
      errors.add(new FieldError("status", "must be COMPLETED, ABORTED or FAILED"));
    }
    if (measureFromUs != null && measureFromUs < 0) {
      errors.add(new FieldError("measure_from_us", "must be at least 0"));
    }
    if (measureToUs != null && (measureFromUs == null || measureToUs < measureFromUs)) {
      errors.add(new FieldError("measure_to_us", "must not be less than measure_from_us"));
    }
    if (dropped != null && (dropped < 0 || issued == null || dropped > issued)) {
      errors.add(new FieldError("dropped", "must be at least 0 and at most issued"));
    }
    if (issued != null && issued < 0) {
      errors.add(new FieldError("issued", "must be at least 0"));
    }
    if (generatorCpuPercent != null && !(generatorCpuPercent >= 0 && generatorCpuPercent <= 100)) {
      errors.add(new FieldError("generator_cpu_percent", "must be in 0…100"));
    }
    if (reason != null && reason.indexOf('\0') >= 0) {
      errors.add(new FieldError("reason", "must not hold U+0000"));
    }
    if (!errors.isEmpty()) {
      throw ProblemException.unprocessable(
          errors.get(0).field() + ": " + errors.get(0).detail(), errors);
    }
    return this;
  }

  private RunStatus checkedStatus() {
    return status == null ? RunStatus.COMPLETED : status;
  }
}
