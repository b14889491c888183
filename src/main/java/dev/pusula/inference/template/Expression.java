package dev.pusula.inference.template;

/** An expression, ready to be evaluated. */
interface Expression {
  Object in(Scope scope);
}
