package dev.pusula.inference.cpu;

/** What the CPU keeps weights as. Adapters always keep their stored precision. */
public enum Weights {
  /** As stored: float32 or bfloat16; half precision is widened. */
  STORED,
  /**
   * One byte a weight with a scale for each row: half the memory of bfloat16, and some accuracy.
   */
  INT8
}
