/**
 * The engine: one transformer over a small {@link dev.pusula.inference.engine.Device}, adapters,
 * key and value pages, sampling, and the scheduler that computes many requests in one batch.
 *
 * <p>It sees no Jakarta, so that the command line and a GPU machine run it as it is. A request's
 * tokens never depend on what else is in its batch: every device sums a row's products in an order
 * that knows nothing of the other rows.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.engine;
