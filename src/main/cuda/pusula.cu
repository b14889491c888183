// All kernels of the CUDA device, as one module.
#include "attention.cuh"
#include "multiply.cuh"
#include "rows.cuh"
#include "sampling.cuh"
