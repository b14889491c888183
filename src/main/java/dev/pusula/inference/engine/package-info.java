/**
 * The engine: checkpoint and adapters as Hugging Face and PEFT save them, a Llama forward pass over
 * a small {@link dev.pusula.inference.engine.Device}, sampling, and the threads that serve
 * requests.
 *
 * <p>It refuses by name what it does not compute: another architecture, a RoPE scaling it does not
 * know, an adapter with DoRA or biases, a tensor that nothing uses. Rejected: ignoring such fields,
 * which gives fluent wrong answers.
 *
 * <p>Tensors are mapped one by one, since a mapping ends at 2 GiB and a shard does not, and copied
 * once into the form that the device computes with.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.engine;
