/**
 * A checkpoint folder as Hugging Face saves it: its shape, its tokenizer and its tensors, and the
 * writer of a synthetic one.
 *
 * <p>It refuses by name what the engine does not compute: another architecture, a RoPE scaling it
 * does not know, a tokenizer step it does not follow. Rejected: ignoring such fields, which gives
 * fluent wrong answers.
 *
 * <p>Tensors are mapped one by one, since a mapping ends at 2 GiB and a shard does not. Everything
 * that a file claims is checked before it is used.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.checkpoint;
