/** Values of a routing decision and of its configuration. */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.entity;
