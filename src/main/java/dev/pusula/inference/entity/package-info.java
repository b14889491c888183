/** Values of a generation: the request, its outcome, what is served. */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.entity;
