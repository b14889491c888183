/** Classifying a text, deciding the adapters for it, and choosing among their replicas. */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.control;
