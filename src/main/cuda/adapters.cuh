// The first half of a low-rank change: t = x Aᵀ for every row, adapter and matrix of a group. The second half, t Bᵀ, is
// added where the product with W is stored (multiply.cuh).
#include "types.cuh"

// The rank that t has room for, and where t of a row, an adapter and a matrix lies.
__device__ __forceinline__ size_t reduced_at(int row, int adapter, int matrix, int most_rank) {
  return ((size_t)(row * MOST_ADAPTERS + adapter) * MOST_MATRICES + matrix) * most_rank;
}

// One warp for a component of t. t is padded to a multiple of 8 with zeros.
// Grid: (most_rank / WARPS, matrices * MOST_ADAPTERS, rows).
extern "C" __global__ void __launch_bounds__(THREADS)
    reduce(const Step* step, const Linear* layer, const Change* changes, const bf16* x, int x_stride, float* t,
           int most_rank) {
  int row = blockIdx.z, matrix = blockIdx.y / MOST_ADAPTERS, a = blockIdx.y % MOST_ADAPTERS;
  if (row >= step->counts[ROWS]) return;
  int adapter = step->adapters[row * MOST_ADAPTERS + a], slot = layer->slots[matrix];
  if (adapter < 0 || slot < 0) return;
  const Change* change = changes + (size_t)slot * RESIDENT_ADAPTERS + adapter;
  int r = blockIdx.x * WARPS + threadIdx.x / 32, lane = threadIdx.x % 32, rank = change->rank;
  if (r >= eights(rank) * 8) return;
  float sum = 0;
  if (r < rank) {
    int chunks = eights(layer->columns);
    const bf16* down = change->down + (size_t)r * chunks * 8;
    const bf16* from = x + (size_t)row * x_stride;
#pragma unroll 4
    for (int c = lane; c < chunks; c += 32) sum += dot8(*(const uint4*)(down + c * 8), *(const uint4*)(from + c * 8));
    sum = warp_sum(sum);
  }
  if (lane == 0) t[reduced_at(row, a, matrix, most_rank) + r] = sum;
}
EXPORT(reduce)

// What the row's adapters add to element n of a matrix, in their order.
__device__ __forceinline__ float adapted(const Step* step, const Linear* layer, const Change* changes, const float* t,
                                         int most_rank, int row, int matrix, int n) {
  float added = 0;
  int slot = layer->slots[matrix];
  for (int a = 0; slot >= 0 && a < MOST_ADAPTERS; a++) {
    int adapter = step->adapters[row * MOST_ADAPTERS + a];
    if (adapter < 0) break;
    const Change* change = changes + (size_t)slot * RESIDENT_ADAPTERS + adapter;
    int rank = change->rank, chunks = eights(rank);
    if (rank == 0) continue;
    const float* reduced = t + reduced_at(row, a, matrix, most_rank);
    const bf16* up = change->up + (size_t)n * chunks * 8;
    float sum = 0;
    for (int c = 0; c < chunks; c++)
      sum += dot8(*(const uint4*)(up + c * 8), (const float4*)(reduced + c * 8));
    added += step->weights[row * MOST_ADAPTERS + a] * change->scale * sum;
  }
  return added;
}
