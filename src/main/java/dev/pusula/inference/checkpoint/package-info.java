/**
 * A checkpoint folder as Hugging Face saves it: its shape, its tokenizer and its tensors, and the
 * writer of a synthetic one.
 *
 * <p>It refuses by name what the engine does not compute: another architecture, a RoPE scaling it
 * does not know, a tokenizer step it does not follow. Rejected: ignoring such fields, which gives
 * fluent wrong answers.
 *
 * <p>A tokenizer is the steps that its file names, one small class for each kind, since models
 * differ in their steps and not in how a step works. Rejected: one class for each family of models,
 * which would guess from a name what the file says; and the native library, which is the oracle of
 * the tests and would be the only native code that serving without a GPU needs.
 *
 * <p>Tensors are mapped one by one, since a mapping ends at 2 GiB and a shard does not. Everything
 * that a file claims is checked before it is used.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.checkpoint;
