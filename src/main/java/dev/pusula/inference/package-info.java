/**
 * One contract, {@code InferenceBackend}, and what stands behind it: the engine in plain Java on
 * one of its devices, or any OpenAI-compatible servers.
 *
 * <p>Decisions: the engine sees no Jakarta, so that the command line and a GPU machine run it as it
 * is; attribution (model, adapters, backend) travels with the request and its outcome, never in
 * shared state; a backend that cannot serve says why and refuses, and nothing else answers in its
 * place.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference;
