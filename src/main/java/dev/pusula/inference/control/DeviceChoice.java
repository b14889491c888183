package dev.pusula.inference.control;

/** What the engine is to compute on. */
public enum DeviceChoice {
  /** The GPU where there is one that can be used, else the CPU. */
  AUTO,
  /** The CPU; no driver is looked for. */
  CPU,
  /** The GPU, or nothing. */
  CUDA
}
