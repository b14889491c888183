/** The contract of a backend and what chooses among backends. */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.control;
