/**
 * How samples become a history.
 *
 * <p>Decisions: a batch is stored whole or not at all, in the transaction that remembers its
 * number, so that "acknowledged" means "there after a crash" and a repeated batch changes nothing.
 * Samples go in by COPY, past JPA. Numbers are computed once, when a run ends, in Java from the raw
 * stamps and not in SQL, because the bootstrap intervals have no sane SQL form; the views check
 * them against PostgreSQL's own {@code percentile_cont}.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.benchmark.control;
