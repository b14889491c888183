package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Resources of one process at one moment; null where the source cannot tell.
 *
 * @param source whose
 * @param atUs microseconds from the run's start
 * @param cpuPercent of all cores, 0…100
 * @param rssBytes resident memory
 * @param heapBytes Java heap in use
 * @param gcPauseMs garbage collection since the sample before
 * @param gpuUtilisation share of time busy, 0…1
 * @param gpuMemoryBytes GPU memory in use
 * @param powerW power drawn by the device
 * @param engine what the server's inference was doing
 */
public record ResourceSample(
    @JsonProperty(required = true) ResourceSource source,
    @JsonProperty(required = true) long atUs,
    @Nullable Double cpuPercent,
    @Nullable Long rssBytes,
    @Nullable Long heapBytes,
    @Nullable Double gcPauseMs,
    @Nullable Double gpuUtilisation,
    @Nullable Long gpuMemoryBytes,
    @Nullable Double powerW,
    @Nullable EngineLoad engine) {

  /** Checks the ranges. */
  public ResourceSample {
    if (source == null) {
      throw new IllegalArgumentException("source must be given");
    }
    within("at_us", atUs, Long.MAX_VALUE);
    within("cpu_percent", cpuPercent, 100);
    within("rss_bytes", rssBytes, Long.MAX_VALUE);
    within("heap_bytes", heapBytes, Long.MAX_VALUE);
    within("gc_pause_ms", gcPauseMs, Double.MAX_VALUE);
    within("gpu_utilisation", gpuUtilisation, 1);
    within("gpu_memory_bytes", gpuMemoryBytes, Long.MAX_VALUE);
    within("power_w", powerW, Double.MAX_VALUE);
  }

  private static void within(String field, @Nullable Number value, double most) {
    if (value != null && !(value.doubleValue() >= 0 && value.doubleValue() <= most)) {
      throw new IllegalArgumentException(
          field + " must be at least 0" + (most <= 100 ? " and at most " + most : ""));
    }
  }
}
