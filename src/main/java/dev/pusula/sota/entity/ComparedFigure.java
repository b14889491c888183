package dev.pusula.sota.entity;

/**
 * A run's figure beside a baseline's.
 *
 * @param baseline the other's
 * @param ours in the baseline's unit
 * @param n observations behind ours
 * @param comparison what may be said
 * @param stale whether the baseline is too old to be trusted
 */
public record ComparedFigure(
    Baseline baseline, double ours, long n, Comparison comparison, boolean stale) {}
