package dev.pusula.inference.cuda;

import jcuda.driver.CUdeviceptr;

/** A stretch of the GPU's memory, with the number that structures on the GPU hold. */
final class Memory extends CUdeviceptr {

  private final long bytes;

  /** Nowhere yet. */
  Memory(long bytes) {
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }
}
