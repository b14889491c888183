package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.entity.SectorResult;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How one sector fared.
 *
 * @param sector the label
 * @param requests due in the measurement phase
 * @param failed those without success
 * @param routed those whose response names a sector
 * @param correct routed to the label
 * @param correctAlso routed to the label or to one that is also right
 * @param accuracy correct / routed
 * @param f1 of the routing to this sector
 * @param e2e end-to-end latency from due
 * @param ttft time to first text from due
 * @param outputTokens of the successes
 */
@Schema(description = "How one sector fared in the measurement phase")
record SectorResultResponse(
    @Schema(example = "insurance") String sector,
    long requests,
    long failed,
    long routed,
    long correct,
    long correctAlso,
    @Schema(example = "0.92") @Nullable Double accuracy,
    @Nullable Double f1,
    SectorResult.@Nullable Latency e2e,
    SectorResult.@Nullable Latency ttft,
    long outputTokens) {

  static SectorResultResponse of(SectorResult result) {
    SectorResult.Counts counts = result.counts();
    return new SectorResultResponse(
        result.sector(),
        counts.requests(),
        counts.failed(),
        counts.routed(),
        counts.correct(),
        counts.correctAlso(),
        result.accuracy(),
        result.f1(),
        result.e2e(),
        result.ttft(),
        result.outputTokens());
  }
}
