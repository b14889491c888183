package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;

/** Float32 factors or biases in the GPU's memory. */
record CudaVector(int length, Memory memory) implements Device.Vector {}
