package dev.pusula.inference.cuda;

/** There is no GPU that can be used; the message is the reason. */
public final class NoGpuException extends CudaException {
  private static final long serialVersionUID = 1L;

  NoGpuException(String reason) {
    super(reason);
  }
}
