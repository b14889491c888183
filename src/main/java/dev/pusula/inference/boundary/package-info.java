/** What is served, and whether it can be. */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.boundary;
