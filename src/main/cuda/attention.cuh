// Positions, and attention over pages.
//
// Keys and values of a layer lie as (page, kv head, position in the page, head width) in bfloat16, so that a head's part
// of a page is one stretch. A row's positions are cut at multiples of SPLIT, whatever else is in the batch: each piece is
// a block of its own, and the pieces of a row are put together in their order [Dao et al. 2023, flash decoding].
#include "types.cuh"

enum { SPLIT = 256, ATTENTION_THREADS = 128 };

__device__ __forceinline__ size_t kv_at(const Step* step, int row, int position, int kv_heads, int kv_head, int dim) {
  int page = step->pages[step->table_start[row] + position / PAGE];
  return (((size_t)page * kv_heads + kv_head) * PAGE + position % PAGE) * dim;
}

// Turns a query head in place, or a key head on its way into its page; values go along. turns: (position, dim) cosines of
// the lower half, then its sines. Grid: (rows, heads + kv heads).
extern "C" __global__ void rotate_and_store(const Step* step, const float* turns, float* q, int q_stride,
                                            const float* k, int k_stride, const float* v, int v_stride, bf16* keys,
                                            bf16* values, int heads, int kv_heads, int dim) {
  int row = blockIdx.x;
  if (row >= step->counts[ROWS]) return;
  int position = step->positions[row], half = dim / 2;
  const float* turn = turns + (size_t)position * dim;
  if ((int)blockIdx.y < heads) {
    float* head = q + (size_t)row * q_stride + blockIdx.y * dim;
    for (int i = threadIdx.x; i < half; i += blockDim.x) {
      float a = head[i], b = head[half + i], c = turn[i], s = turn[half + i];
      head[i] = a * c - b * s;
      head[half + i] = b * c + a * s;
    }
  } else {
    int kv_head = blockIdx.y - heads;
    const float* head = k + (size_t)row * k_stride + kv_head * dim;
    const float* value = v + (size_t)row * v_stride + kv_head * dim;
    size_t to = kv_at(step, row, position, kv_heads, kv_head, dim);
    for (int i = threadIdx.x; i < half; i += blockDim.x) {
      float a = head[i], b = head[half + i], c = turn[i], s = turn[half + i];
      keys[to + i] = narrow(a * c - b * s);
      keys[to + half + i] = narrow(b * c + a * s);
      values[to + i] = narrow(value[i]);
      values[to + half + i] = narrow(value[half + i]);
    }
  }
}
EXPORT(rotate_and_store)

struct Span {
  int first, last, pieces;
};
// The positions that a row sees, and how many pieces they are cut into.
__device__ __forceinline__ Span span(const Step* step, int row, int window) {
  int last = step->positions[row], first = window > 0 ? max(0, last - window + 1) : 0;
  return {first, last, last / SPLIT - first / SPLIT + 1};
}

// The score of one position.
__device__ __forceinline__ float score_of(const float* query, const bf16* key, int dim, float scale, float cap) {
  float score = 0;
  for (int i = 0; i < dim; i++) score += query[i] * wide(key[i]);
  score *= scale;
  return cap > 0 ? cap * tanhf(score / cap) : score;
}

// The reference: one thread for a value of the result, which goes over its row's positions twice.
// Grid: (heads * dim / threads, rows).
extern "C" __global__ void attend_plain(const Step* step, const float* q, int q_stride, const bf16* keys,
                                        const bf16* values, int heads, int kv_heads, int dim, float scale, float cap,
                                        int window, bf16* out, int out_stride) {
  int row = blockIdx.y, n = blockIdx.x * blockDim.x + threadIdx.x, head = n / dim, d = n % dim;
  if (row >= step->counts[ROWS] || head >= heads) return;
  Span seen = span(step, row, window);
  const float* query = q + (size_t)row * q_stride + head * dim;
  int kv_head = head / (heads / kv_heads);
  float most = -INFINITY, sum = 0, mixed = 0;
  for (int p = seen.first; p <= seen.last; p++)
    most = fmaxf(most, score_of(query, keys + kv_at(step, row, p, kv_heads, kv_head, dim), dim, scale, cap));
  for (int p = seen.first; p <= seen.last; p++) {
    size_t at = kv_at(step, row, p, kv_heads, kv_head, dim);
    float e = expf(score_of(query, keys + at, dim, scale, cap) - most);
    sum += e;
    mixed += e * wide(values[at + d]);
  }
  out[(size_t)row * out_stride + n] = narrow(mixed / sum);
}
EXPORT(attend_plain)

// One block for up to HEADS query heads of a kv head, a row and a piece of its positions.
// Grid: (kv heads * ceil(group / HEADS), rows, pieces). Dynamic shared memory in floats:
// HEADS * (dim + SPLIT) for queries and scores, HEADS * 8 * dim for the threads' shares of the result.
// pieces: (row, head, piece, dim + 2): the unnormalised result, the largest score, the sum.
template <int HEADS>
__device__ __forceinline__ void attend(const Step* step, const float* q, int q_stride, const bf16* keys,
                                       const bf16* values, int heads, int kv_heads, int dim, float scale, float cap,
                                       int window, bf16* out, int out_stride, float* pieces, int most_pieces) {
  DYNAMIC_SHARED(float, memory);
  SHARED(float, largest, HEADS);
  SHARED(float, total, HEADS);
  int row = blockIdx.y;
  if (row >= step->counts[ROWS]) return;
  Span seen = span(step, row, window);
  int piece = blockIdx.z;
  if (piece >= seen.pieces) return;
  int start = max(seen.first, (seen.first / SPLIT + piece) * SPLIT);
  int end = min(seen.last + 1, (seen.first / SPLIT + piece + 1) * SPLIT), n = end - start;
  int group = heads / kv_heads, parts = (group + HEADS - 1) / HEADS;
  int kv_head = blockIdx.x / parts, head0 = kv_head * group + blockIdx.x % parts * HEADS;
  int own = min(HEADS, (kv_head + 1) * group - head0);
  float *query = memory, *scores = query + HEADS * dim, *shares = scores + HEADS * SPLIT;

  for (int i = threadIdx.x; i < HEADS * dim; i += ATTENTION_THREADS)
    query[i] = i < own * dim ? q[(size_t)row * q_stride + head0 * dim + i] * scale : 0;
  __syncthreads();

  // Scores: eight lanes for a position, eight dimensions at a time.
  int eighth = threadIdx.x % 8, chunks = dim / 8;
  for (int p = threadIdx.x / 8; p < (n + 15) / 16 * 16; p += ATTENTION_THREADS / 8) {
    float dot[HEADS];
#pragma unroll
    for (int h = 0; h < HEADS; h++) dot[h] = 0;
    if (p < n) {
      const bf16* key = keys + kv_at(step, row, start + p, kv_heads, kv_head, dim);
      for (int c = eighth; c < chunks; c += 8) {
        uint4 k = *(const uint4*)(key + c * 8);
#pragma unroll
        for (int h = 0; h < HEADS; h++) dot[h] += dot8(k, (const float4*)(query + h * dim + c * 8));
      }
    }
#pragma unroll
    for (int h = 0; h < HEADS; h++) {
#pragma unroll
      for (int mask = 4; mask; mask >>= 1) dot[h] += __shfl_xor_sync(0xffffffffu, dot[h], mask);
      if (eighth == 0 && p < n) scores[h * SPLIT + p] = cap > 0 ? cap * tanhf(dot[h] / cap) : dot[h];
    }
  }
  __syncthreads();

  // A warp for a head: largest score, exponentials, their sum.
  for (int h = threadIdx.x / 32; h < HEADS; h += ATTENTION_THREADS / 32) {
    int lane = threadIdx.x % 32;
    float most = -INFINITY, sum = 0;
    for (int p = lane; p < n; p += 32) most = fmaxf(most, scores[h * SPLIT + p]);
#pragma unroll
    for (int mask = 16; mask; mask >>= 1) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, mask));
    for (int p = lane; p < n; p += 32) {
      float e = expf(scores[h * SPLIT + p] - most);
      scores[h * SPLIT + p] = e;
      sum += e;
    }
    sum = warp_sum(sum);
    if (lane == 0) {
      largest[h] = most;
      total[h] = sum;
    }
  }
  __syncthreads();

  // Values: a thread for eight dimensions of every sharers-th position.
  int sharers = min(8, ATTENTION_THREADS / chunks), share = threadIdx.x / chunks, chunk = threadIdx.x % chunks;
  if (share < sharers) {
    float sum[HEADS][8];
#pragma unroll
    for (int h = 0; h < HEADS; h++)
#pragma unroll
      for (int i = 0; i < 8; i++) sum[h][i] = 0;
    for (int p = share; p < n; p += sharers) {
      uint4 v = *(const uint4*)(values + kv_at(step, row, start + p, kv_heads, kv_head, dim) + chunk * 8);
      float eight[8] = {low(v.x), high(v.x), low(v.y), high(v.y), low(v.z), high(v.z), low(v.w), high(v.w)};
#pragma unroll
      for (int h = 0; h < HEADS; h++) {
        float e = scores[h * SPLIT + p];
#pragma unroll
        for (int i = 0; i < 8; i++) sum[h][i] += e * eight[i];
      }
    }
#pragma unroll
    for (int h = 0; h < HEADS; h++)
#pragma unroll
      for (int i = 0; i < 8; i++) shares[(share * HEADS + h) * dim + chunk * 8 + i] = sum[h][i];
  }
  __syncthreads();

  for (int i = threadIdx.x; i < own * dim; i += ATTENTION_THREADS) {
    int h = i / dim, d = i % dim, head = head0 + h;
    float sum = 0;
    for (int s = 0; s < sharers; s++) sum += shares[(s * HEADS + h) * dim + d];
    if (seen.pieces == 1) {
      out[(size_t)row * out_stride + head * dim + d] = narrow(sum / total[h]);
    } else {
      float* to = pieces + (((size_t)row * heads + head) * most_pieces + piece) * (dim + 2);
      to[d] = sum;
      if (d == 0) {
        to[dim] = largest[h];
        to[dim + 1] = total[h];
      }
    }
  }
}

#define ATTEND(HEADS)                                                                                                  \
  extern "C" __global__ void __launch_bounds__(ATTENTION_THREADS)                                                      \
      attend_##HEADS(const Step* step, const float* q, int q_stride, const bf16* keys, const bf16* values, int heads,  \
                     int kv_heads, int dim, float scale, float cap, int window, bf16* out, int out_stride,             \
                     float* pieces, int most_pieces) {                                                                 \
    attend<HEADS>(step, q, q_stride, keys, values, heads, kv_heads, dim, scale, cap, window, out, out_stride, pieces,  \
                  most_pieces);                                                                                        \
  }                                                                                                                    \
  EXPORT(attend_##HEADS)
ATTEND(1)
ATTEND(2)
ATTEND(4)

// Puts the pieces of a head together; rows of one piece are done. Grid: (heads, rows).
extern "C" __global__ void combine(const Step* step, const float* pieces, int most_pieces, int heads, int dim,
                                   int window, bf16* out, int out_stride) {
  int head = blockIdx.x, row = blockIdx.y;
  if (row >= step->counts[ROWS]) return;
  int n = span(step, row, window).pieces;
  if (n == 1) return;
  const float* from = pieces + ((size_t)row * heads + head) * most_pieces * (dim + 2);
  float most = -INFINITY, total = 0;
  for (int p = 0; p < n; p++) most = fmaxf(most, from[p * (dim + 2) + dim]);
  for (int p = 0; p < n; p++) total += expf(from[p * (dim + 2) + dim] - most) * from[p * (dim + 2) + dim + 1];
  for (int d = threadIdx.x; d < dim; d += blockDim.x) {
    float sum = 0;
    for (int p = 0; p < n; p++) sum += expf(from[p * (dim + 2) + dim] - most) * from[p * (dim + 2) + d];
    out[(size_t)row * out_stride + head * dim + d] = narrow(sum / total);
  }
}
EXPORT(combine)
