// The next token of every wanted row.
#include "types.cuh"

enum { SAMPLING_THREADS = 1024, SAMPLING_WARPS = SAMPLING_THREADS / 32 };

// The place of the largest value, the first among equals. One block of SAMPLING_THREADS for a row.
extern "C" __global__ void __launch_bounds__(SAMPLING_THREADS)
    argmax(const Step* step, const float* logits, int stride, int columns, int* out) {
  SHARED(float, values, SAMPLING_WARPS);
  SHARED(int, places, SAMPLING_WARPS);
  int row = blockIdx.x;
  if (row >= step->counts[WANTED]) return;
  const float* x = logits + (size_t)row * stride;
  float best = -INFINITY;
  int at = columns;
  for (int i = threadIdx.x; i < columns; i += SAMPLING_THREADS)
    if (x[i] > best) {
      best = x[i];
      at = i;
    }
  for (int level = 0; level < 2; level++) {
#pragma unroll
    for (int mask = 16; mask; mask >>= 1) {
      float other = __shfl_xor_sync(0xffffffffu, best, mask);
      int there = __shfl_xor_sync(0xffffffffu, at, mask);
      if (other > best || (other == best && there < at)) {
        best = other;
        at = there;
      }
    }
    if (level == 0) {
      if (threadIdx.x % 32 == 0) {
        values[threadIdx.x / 32] = best;
        places[threadIdx.x / 32] = at;
      }
      __syncthreads();
      best = values[threadIdx.x % 32];
      at = places[threadIdx.x % 32];
    }
  }
  if (threadIdx.x == 0) out[row] = at;
}
EXPORT(argmax)

// How a row is drawn; a temperature of 0 takes the largest logit.
struct Draw {
  float temperature;
  float top_p;    // 1 for all
  float min_p;    // 0 for all
  int top_k;      // 0 for all
  double uniform; // in [0, 1)
};

// Sums over a block in one order, the same for every thread.
__device__ __forceinline__ double block_sum(double v, double* part) {
  v = warp_sum(v);
  __syncthreads();
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = v;
  __syncthreads();
  v = 0;
  for (int w = 0; w < SAMPLING_WARPS; w++) v += part[w];
  return v;
}

// A value's rank among floats as an unsigned number: greater values have greater keys.
__device__ __forceinline__ unsigned key(float v) {
  unsigned u = __float_as_uint(v);
  return u & 0x80000000u ? ~u : u | 0x80000000u;
}

struct Row {
  const float* x;
  int columns;
  float most, inverse;
  double* part;
  __device__ __forceinline__ double mass(float v) const { return expf((v - most) * inverse); }

  // What is at least a key: its mass, or its number.
  __device__ double above(unsigned least, bool number) const {
    double sum = 0;
    for (int i = threadIdx.x; i < columns; i += SAMPLING_THREADS)
      if (key(x[i]) >= least) sum += number ? 1 : mass(x[i]);
    return block_sum(sum, part);
  }

  // The greatest key of at least `floor` above which lies at least, or more than, so much.
  __device__ unsigned cut(double wanted, bool number, bool more, unsigned floor) const {
    unsigned found = floor, from = floor, to = 0xffffffffu;
    while (from <= to) {
      unsigned middle = from + (to - from) / 2;
      double there = above(middle, number);
      if (more ? there > wanted : there >= wanted) {
        found = middle;
        if (middle == 0xffffffffu) break;
        from = middle + 1;
      } else {
        if (middle == 0) break;
        to = middle - 1;
      }
    }
    return found;
  }
};

// Draws each wanted row as Sampler.java does: top-k, then top-p of what is left, then min-p; among what is left the token
// at which the mass, counted from the most probable on, passes uniform times the whole. Unlike there, equal logits are
// cut or left together. One block of SAMPLING_THREADS for a row.
extern "C" __global__ void __launch_bounds__(SAMPLING_THREADS)
    draw(const Step* step, const float* logits, int stride, int columns, const int* largest, const Draw* draws,
         int* out) {
  SHARED(double, part, SAMPLING_WARPS);
  SHARED(int, chosen, 1);
  int row = blockIdx.x;
  if (row >= step->counts[WANTED]) return;
  Draw how = draws[row];
  if (how.temperature == 0) {
    if (threadIdx.x == 0) out[row] = largest[row];
    return;
  }
  Row r = {logits + (size_t)row * stride, columns, logits[(size_t)row * stride + largest[row]], 1 / how.temperature, part};
  unsigned floor = 0;
  if (how.top_k > 0 && how.top_k < columns) floor = r.cut(how.top_k, true, false, floor);
  double whole = r.above(floor, false);
  if (how.top_p < 1) floor = r.cut(how.top_p * whole, false, false, floor);
  if (how.min_p > 0) {
    // min-p bounds the probability relative to the largest: exp((v - most) / T) >= min_p.
    unsigned bound = key(r.most + logf(how.min_p) * how.temperature);
    floor = max(floor, min(bound, key(r.most)));
  }
  double point = how.uniform * r.above(floor, false);
  unsigned at = r.cut(point, false, true, floor);
  // Among equals: skip as many as the point has passed.
  double before = at == 0xffffffffu ? 0 : r.above(at + 1, false);
  float value = __uint_as_float(at & 0x80000000u ? at & 0x7fffffffu : ~at);
  int skip = (int)((point - before) / r.mass(value));
  if (threadIdx.x == 0) chosen[0] = largest[row];
  __syncthreads();
  if (threadIdx.x < 32) {
    int passed = 0;
    for (int from = 0; from < columns; from += 32) {
      int i = from + threadIdx.x;
      unsigned equal = __ballot_sync(0xffffffffu, i < columns && key(r.x[min(i, columns - 1)]) == at);
      int here = __popc(equal);
      if (passed <= skip && skip < passed + here) {
        int nth = skip - passed;
        while (nth--) equal &= equal - 1;
        if (threadIdx.x == 0) chosen[0] = from + __ffs(equal) - 1;
      }
      passed += here;
    }
  }
  __syncthreads();
  if (threadIdx.x == 0) out[row] = chosen[0];
}
EXPORT(draw)
