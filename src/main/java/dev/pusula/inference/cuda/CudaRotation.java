package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;

/** Cosines, then sines, of every position in the GPU's memory: (position, head width). */
record CudaRotation(Memory turns) implements Device.Rotation {}
