package dev.pusula.balancing;

/**
 * What was counted of one replica of a service.
 *
 * @param chosen decisions that named it since the start or the last reset
 * @param requests of them, those that went through this service to be answered and have ended
 * @param errors of the ended ones, those that failed
 * @param inFlight under way now
 * @param healthy whether it takes part in choices; one that failed repeatedly cools down
 * @param coolingDownSeconds how long it still stays out; 0 when healthy or due for a probe
 * @param meanMicros mean time of an ended request
 * @param p50Micros median; percentiles are read from a histogram and at most 1/8 above the truth
 * @param p95Micros 95th percentile
 * @param p99Micros 99th percentile
 */
public record ReplicaSnapshot(
    long chosen,
    long requests,
    long errors,
    int inFlight,
    boolean healthy,
    double coolingDownSeconds,
    double meanMicros,
    double p50Micros,
    double p95Micros,
    double p99Micros) {}
