package dev.pusula.benchmark.boundary;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param accepted samples stored by this call
 * @param batch its number; null for a heartbeat or resources
 * @param duplicate true where the batch was stored before
 */
@Schema(description = "What became of a batch")
record SamplesResponse(
    @Schema(example = "500") int accepted,
    @Schema(example = "3") @Nullable Integer batch,
    boolean duplicate) {}
