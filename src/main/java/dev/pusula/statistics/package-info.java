/**
 * The numbers behind every report: percentiles, resampling and score intervals, classification
 * scores.
 *
 * <p>Pure functions of arrays: no clock, no input or output, no other package of the product. It
 * refuses to guess: an empty sample gives NaN (or an interval of NaN), never 0.
 *
 * <p>Decisions. One percentile, type 7, because PostgreSQL's {@code percentile_cont} computes the
 * same and a report must agree with the query that checks it; estimators in constant memory (P²,
 * HdrHistogram) are rejected, since the raw samples are stored anyway. Randomness is a seed of the
 * caller: the same samples give the same interval.
 */
@NullMarked
package dev.pusula.statistics;

import org.jspecify.annotations.NullMarked;
