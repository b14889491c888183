/** Routing over REST, its health and its numbers for monitoring. */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.boundary;
