/**
 * Which sector a text belongs to, and so which adapters answer it.
 *
 * <p>Decisions: a snapshot of configuration and classifier is swapped as one, so that no request
 * sees half a reload; {@code SectorClassifier} is the seam behind which a trained classifier
 * replaces the keywords; a score is a share of the evidence with some of it reserved for "none of
 * these", so that a threshold means the same for one sector and for ten.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing;
