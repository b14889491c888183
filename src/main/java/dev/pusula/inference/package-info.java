/**
 * One contract, {@code InferenceBackend}, and what stands behind it: the engine in plain Java on
 * one of its devices, or any OpenAI-compatible servers.
 *
 * <ul>
 *   <li>{@code checkpoint}: what a Hugging Face folder holds, tokenizer included
 *   <li>{@code template}: its chat template, rendered
 *   <li>{@code engine}: transformer, adapters, pages, scheduler; over a {@code Device}
 *   <li>{@code cpu}: the CPU as a device
 *   <li>{@code remote}: servers elsewhere as a backend
 * </ul>
 *
 * <p>Decisions: the engine sees no Jakarta, so that the command line and a GPU machine run it as it
 * is; attribution (model, adapters, backend) travels with the request and its outcome, never in
 * shared state; a backend that cannot serve says why and refuses, and nothing else answers in its
 * place.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference;
