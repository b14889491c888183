/**
 * The history: runs, their raw samples and what follows from them.
 *
 * <p>It takes what a load generator reports, keeps it, and computes every number once, when a run
 * ends, from the raw stamps. It refuses to average percentiles, to mix failures into latencies and
 * to accept samples for a run that has ended.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.benchmark;
