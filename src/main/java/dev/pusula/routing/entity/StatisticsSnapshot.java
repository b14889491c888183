package dev.pusula.routing.entity;

import dev.pusula.balancing.ReplicaSnapshot;
import java.util.Map;

/**
 * What the router counted since its start or the last reset.
 *
 * @param requests decisions made
 * @param fallbacks of them, those outside all sectors
 * @param sectors decisions by sector, {@code general} for the fallback
 * @param replicas by adapter and replica
 * @param meanMicros mean time of a decision
 * @param p50Micros median; percentiles are read from a histogram and at most 1/8 above the truth
 * @param p95Micros 95th percentile
 * @param p99Micros 99th percentile
 */
public record StatisticsSnapshot(
    long requests,
    long fallbacks,
    Map<String, Long> sectors,
    Map<String, Map<String, ReplicaSnapshot>> replicas,
    double meanMicros,
    double p50Micros,
    double p95Micros,
    double p99Micros) {}
