/**
 * From a model's name to adapters, and from a backend's callbacks to events that a response can
 * wait for.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion.control;
