package dev.pusula.inference.template;

/**
 * A template that cannot be read, or that cannot be rendered with what it was given. The message is
 * the template's own where it calls {@code raise_exception}.
 */
public final class TemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }
}
