package dev.pusula.inference.template;

/** A function, macro or bound method. */
interface Callable {
  Object call(Arguments arguments);
}
