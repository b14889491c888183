package dev.pusula.benchmark.control;

import dev.pusula.benchmark.entity.RunStatus;
import java.time.Instant;

/**
 * How far a run has come.
 *
 * @param status where it stands
 * @param startedAt its start
 * @param at its end, or the generator's last sign of life
 * @param requests samples stored
 * @param failed those that did not complete
 */
public record RunProgress(
    RunStatus status, Instant startedAt, Instant at, long requests, long failed) {}
