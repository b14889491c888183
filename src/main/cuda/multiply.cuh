// Few rows of activations times row-major weights: y = x Wᵀ, with what follows it.
//
// The order of the terms of a sum is free. So lane (g, q) of a warp takes eight neighbouring columns of weight rows g and
// g + 8 in one load each, and the same columns of activation row g, and feeds them to two matrix instructions as if they
// were the columns those want. Weights go from where Hugging Face's files put them to the tensor cores as they are, and
// are read once for up to 64 rows. Eight warps share the columns; their sums meet in shared memory and are added in one
// order, which depends on nothing but the column: a row's result is the same, bit for bit, in any batch.
#include "adapters.cuh"

// The reference: one thread for a value, in the order of the columns.
extern "C" __global__ void multiply_plain(const Step* step, int count, const Linear* layer, int matrix, const bf16* x,
                                          int x_stride, float* y, int y_stride) {
  int n = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
  if (n >= layer->rows[matrix] || row >= step->counts[count]) return;
  const float* scales = layer->scales[matrix];
  size_t at = (size_t)n * layer->stride;
  float sum = 0;
  for (int k = 0; k < layer->columns; k++) {
    float w = scales ? ((const signed char*)layer->weights[matrix])[at + k]
                     : wide(((const bf16*)layer->weights[matrix])[at + k]);
    sum += w * wide(x[(size_t)row * x_stride + k]);
  }
  y[(size_t)row * y_stride + n] = scales ? sum * scales[n] : sum;
}
EXPORT(multiply_plain)

enum Epilogue { STORE, ADD, GATE_SILU, GATE_GELU };

// Eight columns of a weight row as bfloat16.
__device__ __forceinline__ uint4 weights8(const bf16* row, int k) { return stream16(row + k); }
__device__ __forceinline__ unsigned int8_pair(unsigned bytes, int first) {
  return pair(narrow((float)(signed char)(bytes >> 8 * first)), narrow((float)(signed char)(bytes >> 8 * (first + 1))));
}
__device__ __forceinline__ uint4 weights8(const signed char* row, int k) {
  uint2 bytes = stream8(row + k);
  return {int8_pair(bytes.x, 0), int8_pair(bytes.x, 2), int8_pair(bytes.y, 0), int8_pair(bytes.y, 2)};
}

__device__ __forceinline__ float activated(float x, bool silu) {
  return silu ? x / (1 + expf(-x)) : 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
}

// Sums of TILES tiles of 16 weight rows and EIGHTS * 8 activation rows over the columns of this warp.
template <class W, int EIGHTS, int TILES>
__device__ __forceinline__ void products(const W* const first[TILES], const W* const second[TILES], int columns,
                                         const bf16* x, int x_stride, int rows, float sums[TILES][EIGHTS][4]) {
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, q = lane % 4;
#pragma unroll
  for (int t = 0; t < TILES; t++)
#pragma unroll
    for (int e = 0; e < EIGHTS; e++) sums[t][e][0] = sums[t][e][1] = sums[t][e][2] = sums[t][e][3] = 0;
#pragma unroll (EIGHTS > 2 ? 2 : 4)
  for (int k = warp * 32; k < columns; k += WARPS * 32) {
    int at = k + q * 8;
    bool inside = at < columns;
    uint4 u[TILES], v[TILES];
#pragma unroll
    for (int t = 0; t < TILES; t++) {
      u[t] = v[t] = {0, 0, 0, 0};
      if (inside) {
        u[t] = weights8(first[t], at);
        v[t] = weights8(second[t], at);
      }
    }
#pragma unroll
    for (int e = 0; e < EIGHTS; e++) {
      int row = e * 8 + g;
      uint4 b = {0, 0, 0, 0};
      if (inside && row < rows) b = *(const uint4*)(x + (size_t)row * x_stride + at);
      unsigned b0[2] = {b.x, b.y}, b1[2] = {b.z, b.w};
#pragma unroll
      for (int t = 0; t < TILES; t++) {
        unsigned a0[4] = {u[t].x, v[t].x, u[t].y, v[t].y}, a1[4] = {u[t].z, v[t].z, u[t].w, v[t].w};
        mma(sums[t][e], a0, b0);
        mma(sums[t][e], a1, b1);
      }
    }
  }
}

// Where a thread's value of a tile belongs: value i of lane l is weight row l/4 + 8 (i/2) and activation row 2 (l%4) + i%2.
struct Place {
  int row, n;
};
__device__ __forceinline__ Place place(int element) {
  int lane = element % 32, i = element / 32 % 4, eight = element / 128;
  return {eight * 8 + 2 * (lane % 4) + i % 2, lane / 4 + 8 * (i / 2)};
}

// One block of THREADS for TILES * 16 rows of a matrix, or for 16 of the gate and the same 16 of the up matrix.
// Grid: (tiles of all matrices, rows / (EIGHTS * 8)). Dynamic shared memory: WARPS * EIGHTS * 128 floats.
template <class W, int EIGHTS, int TILES, bool GATED>
__device__ __forceinline__ void multiply(const Step* step, int count, const Linear* layer, const Change* changes,
                                         const float* t, int most_rank, const bf16* x, int x_stride, void* y0, void* y1,
                                         void* y2, int y_stride0, int y_stride1, int y_stride2, int epilogue) {
  DYNAMIC_SHARED(float, partial);
  int first_row = blockIdx.y * EIGHTS * 8, rows = step->counts[count] - first_row;
  if (rows <= 0) return;
  int matrix = 0, n0 = blockIdx.x * 16;
  if (!GATED) {
    n0 = blockIdx.x * 16 * TILES;
    while (matrix < layer->matrices - 1) {
      int padded = (layer->rows[matrix] + 16 * TILES - 1) / (16 * TILES) * (16 * TILES);
      if (n0 < padded) break;
      n0 -= padded;
      matrix++;
    }
  }
  int g = threadIdx.x % 32 / 4;
  const W *first[TILES], *second[TILES];
#pragma unroll
  for (int tile = 0; tile < TILES; tile++) {
    int m = GATED ? tile : matrix, n = GATED ? n0 : n0 + 16 * tile, last = layer->rows[m] - 1;
    const W* w = (const W*)layer->weights[m];
    // Rows beyond the last are computed from the last and not stored.
    first[tile] = w + (size_t)min(n + g, last) * layer->stride;
    second[tile] = w + (size_t)min(n + g + 8, last) * layer->stride;
  }
  const bf16* from = x + (size_t)first_row * x_stride;
  float sums[TILES][EIGHTS][4];
  products<W, EIGHTS, TILES>(first, second, layer->columns, from, x_stride, rows, sums);

  const int ELEMENTS = EIGHTS * 128, OWN = (ELEMENTS + THREADS - 1) / THREADS;
  float value[TILES][OWN];
#pragma unroll
  for (int tile = 0; tile < TILES; tile++) {
    if (tile > 0) __syncthreads();
#pragma unroll
    for (int e = 0; e < EIGHTS; e++)
#pragma unroll
      for (int i = 0; i < 4; i++)
        partial[(threadIdx.x / 32 * EIGHTS + e) * 128 + i * 32 + threadIdx.x % 32] = sums[tile][e][i];
    __syncthreads();
#pragma unroll
    for (int o = 0; o < OWN; o++) {
      int element = o * THREADS + threadIdx.x;
      float sum = 0;
      if (element < ELEMENTS)
        for (int w = 0; w < WARPS; w++) sum += partial[w * ELEMENTS + element];
      value[tile][o] = sum;
    }
  }
#pragma unroll
  for (int o = 0; o < OWN; o++) {
    int element = o * THREADS + threadIdx.x;
    Place at = place(element);
    if (element >= ELEMENTS || at.row >= rows) continue;
    int row = first_row + at.row;
#pragma unroll
    for (int tile = 0; tile < TILES; tile++) {
      int m = GATED ? tile : matrix, n = GATED ? n0 + at.n : n0 + 16 * tile + at.n;
      if (n >= layer->rows[m]) continue;
      float v = value[tile][o];
      if (layer->scales[m]) v *= layer->scales[m][n];
      if (layer->biases[m]) v += layer->biases[m][n];
      if (changes) v += adapted(step, layer, changes, t, most_rank, row, m, n);
      value[tile][o] = v;
      if (!GATED) {
        float* y = (float*)(m == 0 ? y0 : m == 1 ? y1 : y2) +
                   (size_t)row * (m == 0 ? y_stride0 : m == 1 ? y_stride1 : y_stride2) + n;
        *y = epilogue == ADD ? *y + v : v;
      }
    }
    if (GATED && n0 + at.n < layer->rows[0])
      store((bf16*)y0 + (size_t)row * y_stride0 + n0 + at.n,
            activated(value[0][o], epilogue == GATE_SILU) * value[TILES - 1][o]);
  }
}

#define MULTIPLY(NAME, W, EIGHTS, TILES, GATED)                                                                       \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                               \
      NAME(const Step* step, int count, const Linear* layer, const Change* changes, const float* t, int most_rank,    \
           const bf16* x, int x_stride, void* y0, void* y1, void* y2, int y_stride0, int y_stride1, int y_stride2,    \
           int epilogue) {                                                                                            \
    multiply<W, EIGHTS, TILES, GATED>(step, count, layer, changes, t, most_rank, x, x_stride, y0, y1, y2, y_stride0,  \
                                      y_stride1, y_stride2, epilogue);                                                \
  }                                                                                                                   \
  EXPORT(NAME)

MULTIPLY(multiply_bf16_8, bf16, 1, 1, false)
MULTIPLY(multiply_bf16_16, bf16, 2, 1, false)
MULTIPLY(multiply_bf16_32, bf16, 4, 2, false)
MULTIPLY(multiply_bf16_64, bf16, 8, 2, false)
MULTIPLY(gate_bf16_8, bf16, 1, 2, true)
MULTIPLY(gate_bf16_16, bf16, 2, 2, true)
MULTIPLY(gate_bf16_32, bf16, 4, 2, true)
MULTIPLY(gate_bf16_64, bf16, 8, 2, true)
MULTIPLY(multiply_int8_8, signed char, 1, 1, false)
MULTIPLY(multiply_int8_16, signed char, 2, 1, false)
MULTIPLY(multiply_int8_32, signed char, 4, 2, false)
MULTIPLY(multiply_int8_64, signed char, 8, 2, false)
MULTIPLY(gate_int8_8, signed char, 1, 2, true)
MULTIPLY(gate_int8_16, signed char, 2, 2, true)
MULTIPLY(gate_int8_32, signed char, 4, 2, true)
MULTIPLY(gate_int8_64, signed char, 8, 2, true)
