/** Classifying a text and deciding the adapters for it. */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.control;
