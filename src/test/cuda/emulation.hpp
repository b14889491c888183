// CUDA C++ on a CPU, as far as src/main/cuda goes: every CUDA thread is a fiber with a stack of its own, so that barriers,
// shuffles and matrix instructions wait for each other as on a GPU. One block at a time, on one operating system thread.
//
// What hides faults on a CPU is turned against them. Shared memory is filled with NaN before every block. Threads run
// forwards in one launch and backwards in the next, so a missing barrier shows. A block in which nobody can go on ends
// the launch with an error instead of hanging. x86-64, System V ABI, C++17.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};

namespace emulation {

constexpr size_t STACK = 64 * 1024, SHARED_MEMORY = 256 * 1024;

struct Fiber {
  void* stack_pointer = nullptr;
  dim3 thread;
  unsigned number = 0;
  bool done = false;
};

struct Warp {
  unsigned alive = 0, arrived = 0, generation = 0;
  uint64_t values[32];
  unsigned a[32][4], b[32][2];
};

struct Block {
  dim3 index, size, grid;
  unsigned threads = 0, alive = 0, arrived = 0, generation = 0, current = 0;
  uint64_t progress = 0;
  std::vector<Fiber> fibers;
  std::vector<Warp> warps;
  std::vector<char> shared = std::vector<char>(SHARED_MEMORY, (char)0xff);
  size_t shared_used = 0, dynamic_bytes = 0;
  std::map<const void*, char*> arrays;
  void* scheduler = nullptr;
  std::function<void()> body;
  Fiber& self() { return fibers[current]; }
  Warp& warp() { return warps[self().number / 32]; }
  unsigned lane() { return self().number % 32; }
};

inline Block* block = nullptr;

// Keeps the callee-saved registers and the stack pointer in *from and goes on where `to` was left.
extern "C" void emulation_switch(void** from, void* to);
asm(R"(.text
.globl emulation_switch
.type emulation_switch,@function
emulation_switch:
 pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
 movq %rsp,(%rdi)
 movq %rsi,%rsp
 popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
 ret
)");

inline void yield() { emulation_switch(&block->self().stack_pointer, block->scheduler); }

inline void release(unsigned& arrived, unsigned& generation) {
  arrived = 0;
  generation++;
  block->progress++;
}

inline void wait(unsigned& arrived, unsigned& generation, unsigned alive) {
  unsigned before = generation;
  if (++arrived == alive)
    release(arrived, generation);
  else
    while (generation == before) yield();
}

inline void sync_block() { wait(block->arrived, block->generation, block->alive); }
inline void sync_warp() {
  Warp& w = block->warp();
  wait(w.arrived, w.generation, w.alive);
}

inline void run_fiber() {
  Block* b = block;
  b->body();
  b->self().done = true;
  b->progress++;
  Warp& w = b->warp();
  // Whoever waits for this thread alone goes on.
  if (--w.alive && w.arrived == w.alive) release(w.arrived, w.generation);
  if (--b->alive && b->arrived == b->alive) release(b->arrived, b->generation);
  for (;;) yield();
}

// False if every thread that is left waits for one that will not come.
inline bool run(Block& b, bool backwards) {
  static std::vector<char*> stacks;
  while (stacks.size() < b.threads) stacks.push_back((char*)aligned_alloc(64, STACK));
  block = &b;
  b.alive = b.threads;
  b.arrived = b.generation = 0;
  memset(b.shared.data(), 0xff, b.shared_used);
  b.shared_used = 0;
  b.arrays.clear();
  b.warps.assign((b.threads + 31) / 32, Warp());
  b.fibers.assign(b.threads, Fiber());
  for (unsigned i = 0; i < b.threads; i++) {
    Fiber& f = b.fibers[i];
    f.number = i;
    f.thread = {i % b.size.x, i / b.size.x % b.size.y, i / b.size.x / b.size.y};
    b.warps[i / 32].alive++;
    void** top = (void**)(stacks[i] + STACK - 64);
    *--top = nullptr;           // where run_fiber would return to, which it never does
    *--top = (void*)&run_fiber;
    for (int saved = 0; saved < 6; saved++) *--top = nullptr;
    f.stack_pointer = top;
  }
  while (b.alive) {
    uint64_t before = b.progress;
    for (unsigned i = 0; i < b.threads; i++) {
      b.current = backwards ? b.threads - 1 - i : i;
      if (!b.self().done) emulation_switch(&b.scheduler, b.self().stack_pointer);
    }
    if (b.progress == before) return false;
  }
  return true;
}

// An array of shared memory: the same for every thread, found by where it is declared.
template <class T>
inline T* shared(const void* declaration, size_t count) {
  char*& array = block->arrays[declaration];
  if (!array) {
    block->shared_used = (block->shared_used + 15) / 16 * 16;
    array = block->shared.data() + block->shared_used;
    block->shared_used += count * sizeof(T);
    if (block->shared_used > SHARED_MEMORY) abort();
  }
  return (T*)array;
}

template <class T>
inline T exchange(T value, unsigned from) {
  Warp& w = block->warp();
  unsigned lane = block->lane();
  memcpy(&w.values[lane], &value, sizeof(T));
  sync_warp();
  memcpy(&value, &w.values[from % 32], sizeof(T));
  sync_warp();
  return value;
}

// A launch takes its arguments when it is asked for and runs later, in a graph many times.
using Work = std::function<void()>;
using Binder = std::function<Work(void**)>;

inline std::map<std::string, Binder>& kernels() {
  static std::map<std::string, Binder> all;
  return all;
}

template <class... A, size_t... I>
Work with_arguments(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
  std::tuple<A...> taken(*(A*)arguments[I]...);
  return [kernel, taken] { std::apply(kernel, taken); };
}

struct Registration {
  template <class... A>
  Registration(const char* name, void (*kernel)(A...)) {
    kernels()[name] = [kernel](void** arguments) {
      return with_arguments(kernel, arguments, std::index_sequence_for<A...>());
    };
  }
};

inline bool launch(const Work& work, dim3 grid, dim3 size, size_t dynamic_bytes) {
  static bool backwards = false;
  static Block b;
  backwards = !backwards;
  b.dynamic_bytes = dynamic_bytes;
  b.size = size;
  b.grid = grid;
  b.threads = size.x * size.y * size.z;
  b.body = work;
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) {
        b.index = {x, y, z};
        if (!run(b, backwards)) return false;
      }
  return true;
}

}  // namespace emulation

#define threadIdx (emulation::block->self().thread)
#define blockIdx (emulation::block->index)
#define blockDim (emulation::block->size)
#define gridDim (emulation::block->grid)
#define __syncthreads() emulation::sync_block()

#define SHARED(T, name, count)         \
  static const char declared_##name = 0; \
  T* name = emulation::shared<T>(&declared_##name, count)
#define DYNAMIC_SHARED(T, name)        \
  static const char declared_##name = 0; \
  T* name = emulation::shared<T>(&declared_##name, emulation::block->dynamic_bytes / sizeof(T))
#define EXPORT(kernel) static emulation::Registration registration_##kernel(#kernel, kernel);

template <class T>
inline T __shfl_xor_sync(unsigned, T value, int mask) {
  return emulation::exchange(value, emulation::block->lane() ^ mask);
}
inline unsigned __ballot_sync(unsigned, bool vote) {
  unsigned all = 0;
  for (int lane = 0; lane < 32; lane++) all |= (unsigned)emulation::exchange<int>(vote, lane) << lane;
  return all;
}
inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __ffs(unsigned v) { return __builtin_ffs((int)v); }
inline float __uint_as_float(unsigned u) {
  float f;
  memcpy(&f, &u, 4);
  return f;
}
inline unsigned __float_as_uint(float f) {
  unsigned u;
  memcpy(&u, &f, 4);
  return u;
}
template <class T>
inline T min(T a, T b) {
  return a < b ? a : b;
}
template <class T>
inline T max(T a, T b) {
  return a > b ? a : b;
}
inline uint4 stream16(const void* p) { return *(const uint4*)p; }
inline uint2 stream8(const void* p) { return *(const uint2*)p; }

// mma.m16n8k16 over the registers of a warp.
inline void mma(float d[4], const unsigned a[4], const unsigned b[2]) {
  emulation::Warp& w = emulation::block->warp();
  unsigned lane = emulation::block->lane(), g = lane / 4, q = lane % 4;
  memcpy(w.a[lane], a, 16);
  memcpy(w.b[lane], b, 8);
  emulation::sync_warp();
  for (int i = 0; i < 4; i++)
    for (int half = 0; half < 2; half++)
      for (int k = 0; k < 4; k++) {
        unsigned x = w.a[g * 4 + k][half * 2 + i / 2], y = w.b[(2 * q + i % 2) * 4 + k][half];
        d[i] += __uint_as_float(x << 16) * __uint_as_float(y << 16);
        d[i] += __uint_as_float(x & 0xffff0000u) * __uint_as_float(y & 0xffff0000u);
      }
  emulation::sync_warp();
}
