/**
 * The part of Jinja2 that chat templates use, rendered as transformers renders it: blocks trimmed
 * and stripped, nothing escaped, in a sandbox.
 *
 * <p>Values are Java's: {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code
 * List}, {@code Map}, {@link dev.pusula.inference.template.None}, {@link
 * dev.pusula.inference.template.Undefined} and what can be called. None of them changes after it is
 * made, except a namespace; text given to a template is data and never read as one. Lengths, steps
 * and depths end at the limits that {@link dev.pusula.inference.template.Template} names.
 *
 * <p>Rejected: jinjava, which cannot parse {@code messages[::-1]} (Qwen 3), holds undefined and
 * none for one value, does not see a function as defined (so that Llama 3 loses today's date),
 * prints {@code true} for {@code True}, lets a loop's {@code set} leak into the next turn, and
 * renders an unknown filter as nothing; its parser is no extension point. Not supported, and
 * refused by name when a template is read: other tags than {@code if}, {@code for}, {@code set},
 * {@code macro}, {@code generation}, {@code raw}, {@code break} and {@code continue}; filters and
 * tests beyond those in {@link dev.pusula.inference.template.Filters} and {@link
 * dev.pusula.inference.template.Tests}. A method beyond {@link
 * dev.pusula.inference.template.Methods} is an error when it is called. An integer that leaves 64
 * bits is an error, and a tuple is a list.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.template;
