package dev.pusula.launch;

/**
 * A command cannot go on, for a reason that the user can act on. The message is all that is
 * printed.
 */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * With what is wrong and what to do about it.
   *
   * @param message one or more full lines
   */
  public Failure(String message) {
    super(message);
  }

  /**
   * With the cause kept for the message.
   *
   * @param message what was tried
   * @param cause what came in the way; its message is appended
   */
  public Failure(String message, Throwable cause) {
    super(message + ": " + describe(cause), cause);
  }

  /** The message of a failure, or its kind where it has none. */
  static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
