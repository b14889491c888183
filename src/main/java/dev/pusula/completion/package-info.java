/**
 * The OpenAI-compatible API: where a routed text meets an inference backend.
 *
 * <p>A feature of its own, because routing and inference do not know each other and both are used
 * without this one: the command line routes offline, the engine generates without a router
 * (docs/adr/0003-completion-joins-routing-and-inference.md). A parameter that cannot be honoured is
 * refused by name; an answer never comes from anything but the backend.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion;
