/**
 * The wire: OpenAI's request, response, chunk and error shapes.
 *
 * <p>A stream's status is decided by its first event: until the backend has taken the request
 * nothing is sent, so that a full queue is a 503 and not a 200 with an error inside.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion.boundary;
