package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.control.RunProgress;
import dev.pusula.benchmark.entity.RunStatus;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How far a run has come.
 *
 * @param status where it stands
 * @param elapsedS seconds from its start to its end or to the generator's last sign of life
 * @param requests samples stored
 * @param failed those that did not complete
 */
@Schema(description = "How far a run has come")
record ProgressResponse(RunStatus status, double elapsedS, long requests, long failed) {

  static ProgressResponse of(RunProgress progress) {
    return new ProgressResponse(
        progress.status(),
        Duration.between(progress.startedAt(), progress.at()).toMillis() / 1e3,
        progress.requests(),
        progress.failed());
  }
}
