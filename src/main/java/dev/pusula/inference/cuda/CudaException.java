package dev.pusula.inference.cuda;

/** A call of the CUDA driver failed. */
public sealed class CudaException extends RuntimeException permits NoGpuException {
  private static final long serialVersionUID = 1L;

  private final boolean outOfMemory;

  CudaException(String call, int code, String description, boolean outOfMemory) {
    super(call + " failed with code " + code + ", " + description);
    this.outOfMemory = outOfMemory;
  }

  CudaException(String reason) {
    super(reason);
    this.outOfMemory = false;
  }

  /** Whether the GPU is as well as before: it only has no room. */
  boolean outOfMemory() {
    return outOfMemory;
  }
}
