package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;

/** A vector on the heap. */
record CpuVector(float[] values) implements Device.Vector {}
