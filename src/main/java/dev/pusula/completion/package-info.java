/**
 * The OpenAI-compatible API: where a routed text meets an inference backend.
 *
 * <p>A feature of its own, because routing and inference do not know each other and both are used
 * without this one: the command line routes offline, the engine generates without a router
 * (docs/adr/0003-completion-joins-routing-and-inference.md). A parameter that cannot be honoured is
 * refused by name and an unknown one as OpenAI does, because skipping a misspelt {@code seed} would
 * answer another question; an answer never comes from anything but the backend. The adapters that
 * can be named are changed here and not below, because a new name must not hide a sector's.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.completion;
