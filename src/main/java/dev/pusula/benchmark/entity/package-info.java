/**
 * State and values of a measured run.
 *
 * <p>Decisions: {@link dev.pusula.benchmark.entity.Run}, {@link
 * dev.pusula.benchmark.entity.Measurement} and {@link dev.pusula.benchmark.entity.SectorResult} are
 * JPA entities because they are few and have a life; samples are records copied in bulk, because an
 * object graph of a million rows helps nobody. What a run was loaded with, what served it and where
 * it ran are JSON documents behind typed records: they grow with every backend, and the columns
 * that SQL asks for most are generated from them. Rejected: a column for each field, a migration
 * for each new one.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.benchmark.entity;
