package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;
import org.jspecify.annotations.Nullable;

/**
 * Matrices over the same rows.
 *
 * @param biases one for each matrix, null where it has none
 * @param slots their places in an adapter
 */
record CpuLinear(Device.Matrix[] matrices, Device.@Nullable Vector[] biases, int[] slots)
    implements Device.Linear {}
