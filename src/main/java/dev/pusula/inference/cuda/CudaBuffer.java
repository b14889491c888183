package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;

/**
 * Rows of activations in the GPU's memory.
 *
 * @param stride values from row to row
 * @param bfloat16 whether they are bfloat16, for linear layers to read, and not float32
 */
record CudaBuffer(int rows, int columns, int stride, boolean bfloat16, Memory memory)
    implements Device.Buffer {}
