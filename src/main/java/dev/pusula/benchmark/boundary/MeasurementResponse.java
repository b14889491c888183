package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.Statistic;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One number of a run.
 *
 * @param scopeId the sector or adapter, empty for all
 * @param intervalLow lower end of the 95 % interval
 * @param intervalHigh upper end
 * @param intervalOnly true where n is too small to show the value without its interval
 * @param failed requests of the scope that gave no observation
 */
@Schema(description = "One number of a run with its uncertainty")
record MeasurementResponse(
    @Schema(example = "ttft") String metric,
    Statistic statistic,
    Scope scope,
    @Schema(example = "insurance") String scopeId,
    @Schema(example = "201600") double value,
    @Nullable Double intervalLow,
    @Nullable Double intervalHigh,
    boolean intervalOnly,
    long n,
    long failed,
    @Schema(example = "us") String unit) {

  static MeasurementResponse of(Measurement m) {
    return new MeasurementResponse(
        m.metric(),
        m.statistic(),
        m.scope(),
        m.scopeId(),
        m.value(),
        m.intervalLow(),
        m.intervalHigh(),
        m.intervalOnly(),
        m.n(),
        m.failed(),
        m.unit());
  }
}
