package dev.pusula.benchmark.entity;

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
 */
public record ResourceSample(
    ResourceSource source,
    long atUs,
    @Nullable Double cpuPercent,
    @Nullable Long rssBytes,
    @Nullable Long heapBytes,
    @Nullable Double gcPauseMs,
    @Nullable Double gpuUtilisation,
    @Nullable Long gpuMemoryBytes,
    @Nullable Double powerW) {}
