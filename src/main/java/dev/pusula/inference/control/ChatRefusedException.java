package dev.pusula.inference.control;

/**
 * A conversation that the model's chat template does not render. The message is for whoever sent
 * it: the template's own where the template refuses, such as roles that do not alternate.
 */
public final class ChatRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ChatRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
