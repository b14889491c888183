// What all kernels share: bfloat16, reductions, and the structures that Java fills (Structs.java writes the same offsets).
//
// The sources are compiled by NVRTC or nvcc for a GPU, and by a C++ compiler behind the stand-in driver of the tests
// (src/test/cuda), which defines PUSULA_STAND_IN. Shared memory is therefore declared with SHARED and DYNAMIC_SHARED,
// every kernel is followed by EXPORT, and inline assembly stands in this file alone.
#pragma once

#ifdef PUSULA_STAND_IN
#include "emulation.hpp"
#else
typedef unsigned short uint16_t;
#define INFINITY __int_as_float(0x7f800000)
#define SHARED(T, name, count) __shared__ T name[count]
#define DYNAMIC_SHARED(T, name)                                 \
  extern __shared__ __align__(16) unsigned char dynamic_shared[]; \
  T* name = reinterpret_cast<T*>(dynamic_shared)
#define EXPORT(kernel)

// d += a b for a of 16 x 16 and b of 16 x 8 bfloat16; PTX ISA, "Matrix Fragments for mma.m16n8k16".
__device__ __forceinline__ void mma(float d[4], const unsigned a[4], const unsigned b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Weights are read once a step: they pass by the first cache.
__device__ __forceinline__ uint4 stream16(const void* p) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
}
__device__ __forceinline__ uint2 stream8(const void* p) {
  uint2 v;
  asm volatile("ld.global.nc.L1::no_allocate.v2.u32 {%0,%1}, [%2];" : "=r"(v.x), "=r"(v.y) : "l"(p));
  return v;
}
#endif

typedef uint16_t bf16;

enum { PAGE = 16, MOST_ADAPTERS = 3, MOST_MATRICES = 3, RESIDENT_ADAPTERS = 512, THREADS = 256, WARPS = THREADS / 32 };
enum Count { ROWS = 0, WANTED = 1 };

// One forward pass. Rows beyond the count are idle: a recorded pass has room for more than it is given.
struct Step {
  const int* counts;       // rows, wanted rows
  const int* tokens;       // by row
  const int* positions;    // by row
  const int* table_start;  // by row: where its sequence's pages begin in `pages`
  const int* pages;
  const int* adapters;     // (row, MOST_ADAPTERS): place in the table of adapters, -1 for none
  const float* weights;    // (row, MOST_ADAPTERS)
  const int* wanted;       // rows whose logits are wanted
};

// What an adapter changes in one matrix: W + scale up down, a rank of 0 for nothing. The table of them is
// (slot, RESIDENT_ADAPTERS).
struct Change {
  const bf16* down;  // (rank, columns), rows padded to 8
  const bf16* up;    // (rows, rank), rows padded to 8 with zeros
  int rank;
  float scale;
};

// Matrices over the same rows of activations.
struct Linear {
  const void* weights[MOST_MATRICES];   // (rows, stride) bfloat16 or int8
  const float* scales[MOST_MATRICES];   // of int8 rows; null for bfloat16
  const float* biases[MOST_MATRICES];   // null for none
  int rows[MOST_MATRICES];
  int slots[MOST_MATRICES];             // -1: no adapter changes it
  int matrices;
  int columns;
  int stride;                           // columns padded to 16
};

__device__ __forceinline__ float wide(bf16 v) { return __uint_as_float((unsigned)v << 16); }
__device__ __forceinline__ float low(unsigned pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float high(unsigned pair) { return __uint_as_float(pair & 0xffff0000u); }
// To the nearest, ties to even; NaN stays NaN.
__device__ __forceinline__ bf16 narrow(float f) {
  unsigned u = __float_as_uint(f);
  if ((u & 0x7fffffffu) > 0x7f800000u) return (bf16)(u >> 16 | 0x40);
  return (bf16)((u + 0x7fffu + (u >> 16 & 1u)) >> 16);
}
__device__ __forceinline__ unsigned pair(bf16 first, bf16 second) { return (unsigned)first | (unsigned)second << 16; }

__device__ __forceinline__ void store(float* to, float v) { *to = v; }
__device__ __forceinline__ void store(bf16* to, float v) { *to = narrow(v); }

__device__ __forceinline__ float dot8(uint4 a, uint4 b) {
  return low(a.x) * low(b.x) + high(a.x) * high(b.x) + low(a.y) * low(b.y) + high(a.y) * high(b.y) +
         low(a.z) * low(b.z) + high(a.z) * high(b.z) + low(a.w) * low(b.w) + high(a.w) * high(b.w);
}

// The same with eight floats, as two fours.
__device__ __forceinline__ float dot8(uint4 a, const float4* b) {
  return low(a.x) * b[0].x + high(a.x) * b[0].y + low(a.y) * b[0].z + high(a.y) * b[0].w + low(a.z) * b[1].x +
         high(a.z) * b[1].y + low(a.w) * b[1].z + high(a.w) * b[1].w;
}

// In how many eights a row is kept whose last is filled with zeros.
__device__ __forceinline__ int eights(int columns) { return (columns + 7) / 8; }

template <class T>
__device__ __forceinline__ T warp_sum(T v) {
#pragma unroll
  for (int mask = 16; mask; mask >>= 1) v += __shfl_xor_sync(0xffffffffu, v, mask);
  return v;
}
