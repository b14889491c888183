package dev.pusula.inference.engine;

/** What a device keeps weights as; adapters are never made smaller than bfloat16. */
public enum Weights {
  /** As stored: on the CPU float32 or bfloat16, half precision being widened; on a GPU bfloat16. */
  STORED,
  /**
   * One byte a weight with a scale for each row: half the memory of bfloat16, and some accuracy.
   */
  INT8
}
