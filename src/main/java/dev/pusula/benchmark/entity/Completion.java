package dev.pusula.benchmark.entity;

import org.jspecify.annotations.Nullable;

/**
 * What only the load generator knows about how a run ended. All fields are null for a run whose
 * generator fell silent.
 *
 * @param measureFromUs start of the measurement window, microseconds from the run's start
 * @param measureToUs its end
 * @param issued requests issued in the whole run, dropped ones included
 * @param dropped due but not sent because too many were in flight
 * @param generatorCpuPercent mean over the window, of all cores, 0…100
 * @param clockStep whether the wall clock left the monotonic one
 */
public record Completion(
    @Nullable Long measureFromUs,
    @Nullable Long measureToUs,
    @Nullable Long issued,
    @Nullable Long dropped,
    @Nullable Double generatorCpuPercent,
    @Nullable Boolean clockStep) {

  /** For a run whose generator said nothing more. */
  public static final Completion SILENT = new Completion(null, null, null, null, null, null);
}
