package dev.pusula.inference.entity;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A GPU at one moment; null where the driver does not tell.
 *
 * @param device name, size and driver
 * @param utilisation share of time busy lately, 0…1
 * @param memoryBytes in use, by whomever
 * @param powerW drawn now
 * @param energyJ drawn since the driver was loaded
 */
@Schema(description = "The GPU that computes, as its driver tells")
public record GpuLoad(
    String device,
    @Nullable Double utilisation,
    @Nullable Long memoryBytes,
    @Nullable Double powerW,
    @Nullable Double energyJ) {}
