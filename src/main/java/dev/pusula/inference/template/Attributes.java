package dev.pusula.inference.template;

/** A value with attributes and no items: a namespace or a loop. */
interface Attributes {
  Object attribute(String name);
}
