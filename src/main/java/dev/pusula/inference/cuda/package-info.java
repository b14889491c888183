/**
 * The NVIDIA GPU: {@link dev.pusula.inference.cuda.CudaDevice} runs the kernels of {@code
 * src/main/cuda} through JCuda's driver API, by the few calls that {@link
 * dev.pusula.inference.cuda.Gpu} makes.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.cuda;
