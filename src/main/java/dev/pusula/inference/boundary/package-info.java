/** Whether the backend can serve, for the server's health. */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.boundary;
