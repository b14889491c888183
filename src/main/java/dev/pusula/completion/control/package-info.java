/**
 * From a model's name to adapters, from a backend's callbacks to events that a response can wait
 * for, and from a folder to an adapter that can be named.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion.control;
