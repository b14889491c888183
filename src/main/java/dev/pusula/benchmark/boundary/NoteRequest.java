package dev.pusula.benchmark.boundary;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A person's remark on a run.
 *
 * @param note replaces what was there; null or blank takes it away
 */
@Schema(description = "A person's remark on a run")
record NoteRequest(@Schema(example = "after the driver update") @Nullable String note) {}
