package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Environment;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.benchmark.entity.Served;
import dev.pusula.benchmark.entity.Target;
import dev.pusula.benchmark.entity.Validity;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stands.
 *
 * @param validity VALID or INVALID; null until it has ended
 * @param invalidReasons why it is INVALID
 * @param completion what the generator said at the end; its fields are null until then
 * @param targetLatencyUs end-to-end latency that goodput was held to, microseconds
 */
@Schema(description = "A run as it stands")
record RunResponse(
    UUID id,
    RunStatus status,
    @Schema(example = "quick") String suite,
    @Nullable UUID campaign,
    @Schema(example = "light") String label,
    LoadModel loadModel,
    Target target,
    Served served,
    @Schema(example = "9f86d081884c7d65") String promptSet,
    Environment environment,
    List<String> sectors,
    @Schema(description = "SHA-256; runs with equal fingerprints may be compared")
        String fingerprint,
    Instant startedAt,
    Instant lastSeenAt,
    @Nullable Instant endedAt,
    @Nullable String endReason,
    @Schema(example = "VALID") @Nullable String validity,
    List<String> invalidReasons,
    Completion completion,
    @Nullable Long targetLatencyUs,
    @Nullable String note) {

  static RunResponse of(Run run) {
    Validity verdict = run.validity();
    return new RunResponse(
        run.id(),
        run.status(),
        run.suite(),
        run.campaign(),
        run.label(),
        run.loadModel(),
        run.target(),
        run.served(),
        run.promptSet(),
        run.environment(),
        run.sectors(),
        run.fingerprint().hex(),
        run.startedAt(),
        run.lastSeenAt(),
        run.endedAt(),
        run.endReason(),
        verdict == null ? null : verdict.valid() ? "VALID" : "INVALID",
        verdict == null ? List.of() : verdict.reasons(),
        run.completion(),
        run.targetLatencyUs(),
        run.note());
  }
}
