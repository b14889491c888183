package dev.pusula.inference.template;

/** Python's {@code None}, which a template can tell from what is not defined. */
enum None {
  NONE
}
