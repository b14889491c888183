// What is done to each row by itself.
#include "types.cuh"

// out[row] = scale table[token]; scales are those of an int8 table, null for bfloat16.
extern "C" __global__ void embed(const Step* step, const void* table, const float* scales, int stride, float scale,
                                 int columns, float* out, int out_stride) {
  int row = blockIdx.x;
  if (row >= step->counts[ROWS]) return;
  size_t token = step->tokens[row];
  float* to = out + (size_t)row * out_stride;
  for (int c = threadIdx.x; c < columns; c += blockDim.x) {
    float v = scales ? ((const signed char*)table)[token * stride + c] * scales[token]
                     : wide(((const bf16*)table)[token * stride + c]);
    to[c] = v * scale;
  }
}
EXPORT(embed)

// out = in / rms(in) weight over each stretch of `length` values; one block of THREADS for a stretch.
template <class T>
__device__ __forceinline__ void norm(const Step* step, int count, const float* in, int in_stride, const float* weight,
                                     int length, float epsilon, T* out, int out_stride) {
  SHARED(float, part, WARPS);
  int row = blockIdx.x;
  if (row >= step->counts[count]) return;
  const float* x = in + (size_t)row * in_stride + blockIdx.y * length;
  T* y = out + (size_t)row * out_stride + blockIdx.y * length;
  float sum = 0;
  for (int i = threadIdx.x; i < length; i += THREADS) sum += x[i] * x[i];
  sum = warp_sum(sum);
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = sum;
  __syncthreads();
  sum = 0;
  for (int w = 0; w < WARPS; w++) sum += part[w];
  float factor = 1 / sqrtf(sum / length + epsilon);
  for (int i = threadIdx.x; i < length; i += THREADS) store(y + i, x[i] * factor * weight[i]);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    norm_values(const Step* step, int count, const float* in, int in_stride, const float* weight, int length,
                float epsilon, float* out, int out_stride) {
  norm(step, count, in, in_stride, weight, length, epsilon, out, out_stride);
}
EXPORT(norm_values)
extern "C" __global__ void __launch_bounds__(THREADS)
    norm_inputs(const Step* step, int count, const float* in, int in_stride, const float* weight, int length,
                float epsilon, bf16* out, int out_stride) {
  norm(step, count, in, in_stride, weight, length, epsilon, out, out_stride);
}
EXPORT(norm_inputs)

// x += y
extern "C" __global__ void add(const Step* step, float* x, const float* y, int stride) {
  int row = blockIdx.x;
  if (row >= step->counts[ROWS]) return;
  for (int c = threadIdx.x; c < stride; c += blockDim.x) x[(size_t)row * stride + c] += y[(size_t)row * stride + c];
}
EXPORT(add)

// The wanted rows one after another.
extern "C" __global__ void gather(const Step* step, const float* in, int stride, float* out) {
  int row = blockIdx.x;
  if (row >= step->counts[WANTED]) return;
  const float* from = in + (size_t)step->wanted[row] * stride;
  for (int c = threadIdx.x; c < stride; c += blockDim.x) out[(size_t)row * stride + c] = from[c];
}
EXPORT(gather)

// x = cap tanh(x / cap) over the wanted rows.
extern "C" __global__ void cap(const Step* step, float most, float* x, int stride, int columns) {
  int row = blockIdx.y;
  if (row >= step->counts[WANTED]) return;
  int c = blockIdx.x * blockDim.x + threadIdx.x;
  if (c < columns) {
    float* v = x + (size_t)row * stride + c;
    *v = most * tanhf(*v / most);
  }
}
EXPORT(cap)
