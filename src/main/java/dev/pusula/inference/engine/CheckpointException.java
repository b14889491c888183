package dev.pusula.inference.engine;

import java.nio.file.Path;

/**
 * A checkpoint or adapter that cannot be used. The message names the file and what is wrong in it.
 */
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CheckpointException(Path file, String detail) {
    super(file + ": " + detail);
  }

  CheckpointException(Path file, String detail, Throwable cause) {
    super(file + ": " + detail, cause);
  }
}
