package dev.pusula.inference.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint or adapter that cannot be used. The message names the file and what is wrong in it.
 */
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CheckpointException(Path file, String detail) {
    super(file + ": " + detail);
  }

  public CheckpointException(Path file, String detail, Throwable cause) {
    super(file + ": " + detail, cause);
  }
}
