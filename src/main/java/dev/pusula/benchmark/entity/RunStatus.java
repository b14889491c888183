package dev.pusula.benchmark.entity;

/** Where a run stands. */
public enum RunStatus {
  /** Samples are coming in. */
  RUNNING,
  /** Ended as planned. */
  COMPLETED,
  /** Ended early: by its user or because its generator fell silent. What arrived is kept. */
  ABORTED,
  /** The generator could not go on. */
  FAILED
}
