/**
 * The trained sector classifier: features of a text, a linear model over them, calibrated scores,
 * and why one sector is ahead of another. Plain Java; knows no configuration, adapter or server.
 *
 * <p>Decisions. One-vs-rest linear models over hashed words, word pairs and character 3–6-grams of
 * the {@link dev.pusula.text.Skeleton}: Turkish puts its suffixes behind the stem, so that n-grams
 * find {@code kredi} in every form without a morphology. Rejected: stemming, which merges topics
 * and splits words; a transformer, which costs a thousand times the CPU. Features that the training
 * did not keep are told by one bit, so that unknown text costs no cache miss in the weights.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.model;
