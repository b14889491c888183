package dev.pusula.inference.template;

/**
 * What a name stands for that nothing was given to: false, empty and printed as nothing, but an
 * error where it is used for more.
 *
 * @param reason what is missing
 */
record Undefined(String reason) {

  TemplateException failure() {
    return new TemplateException(reason);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
