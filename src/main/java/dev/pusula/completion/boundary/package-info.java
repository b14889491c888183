/**
 * The wire: OpenAI's request, response, chunk and error shapes, and vLLM's for adapters.
 *
 * <p>The way of a request: a {@code *Request} reads its fields, {@code CompletionOptions} those
 * that both APIs share and {@code OtherFields} judges the rest; {@code CompletionResponder} finds
 * who answers and starts the generations; {@code CompletionAnswer} writes them in a {@code
 * CompletionShape}, at once or as they come.
 *
 * <p>A stream's status is decided by its first event: until the backend has taken the request
 * nothing is sent, so that a full queue is a 503 and not a 200 with an error inside. A list of
 * prompts is answered by one model, because the headers tell who answered: {@code auto} takes one
 * text.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion.boundary;
