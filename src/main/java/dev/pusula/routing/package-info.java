/**
 * Which sector a text belongs to, and so which adapters answer it.
 *
 * <p>Beside boundary, control and entity: {@code model} is the trained classifier, plain Java;
 * {@code training} makes it from {@code src/main/corpus} and measures it, and is not in the WAR.
 *
 * <p>Decisions: a snapshot of configuration and model is swapped as one, so that no request sees
 * half a reload; {@code SectorClassifier} is the seam between deciding and scoring; {@code general}
 * is an outcome with a score of its own, so that a threshold means the same for one sector and for
 * ten; a sector that the model does not know works by its keywords at once; what a replica does is
 * counted where a request is leased to it, not where it is named.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing;
