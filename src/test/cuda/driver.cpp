// A stand-in for NVIDIA's driver library, libcuda.so.1, for tests on machines without a GPU: JCuda loads it as if it were
// the real one, and the kernels of src/main/cuda run on the CPU. Everything happens at once and in order.
//
// Stricter than it needs to be: device memory begins as NaN and lies between guards that are looked at after every
// launch; what a real driver refuses during capture is refused; a launch beyond a GPU's limits fails. An environment
// variable makes it another: PUSULA_STAND_IN_LOST=n loses the device at the n-th launch, PUSULA_STAND_IN_VERSION,
// _CAPABILITY and _MEMORY are what it tells of itself.
#define PUSULA_STAND_IN
#include "pusula.cu"

#include <cstdio>
#include <mutex>

typedef int Result;
typedef unsigned long long DevicePointer;
enum {
  SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_IMAGE = 200, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719, DEVICE_LOST = 46, CAPTURE_UNSUPPORTED = 900
};

namespace {
constexpr size_t GUARD = 256;
const size_t MEMORY = getenv("PUSULA_STAND_IN_MEMORY") ? atoll(getenv("PUSULA_STAND_IN_MEMORY")) : 1ull << 30;
std::recursive_mutex one_at_a_time;
std::map<char*, size_t> allocations;
size_t used = 0;
int launches = 0, retained = 0;
Result illness = SUCCESS;

struct Graph {
  std::vector<std::function<Result()>> operations;
};
struct Stream {
  Graph* captured = nullptr;
};
thread_local Stream* capturing = nullptr;  // as CU_STREAM_CAPTURE_MODE_THREAD_LOCAL has it

bool guarded(char* memory, size_t bytes) {
  for (size_t i = 0; i < GUARD; i++)
    if ((unsigned char)memory[-1 - (long)i] != 0xff || (unsigned char)memory[bytes + i] != 0xff) return false;
  return true;
}

Result run_or_record(void* stream, std::function<Result()> work) {
  if (illness) return illness;
  Stream* s = (Stream*)stream;
  if (s && s->captured) {
    s->captured->operations.push_back(std::move(work));
    return SUCCESS;
  }
  return work();
}
Result now() { return illness ? illness : capturing ? (Result)CAPTURE_UNSUPPORTED : SUCCESS; }
}  // namespace

extern "C" {
Result cuInit(unsigned) { return SUCCESS; }
Result cuDriverGetVersion(int* version) {
  const char* told = getenv("PUSULA_STAND_IN_VERSION");
  *version = told ? atoi(told) : 12000;
  return SUCCESS;
}
Result cuDeviceGetCount(int* n) {
  *n = 1;
  return SUCCESS;
}
Result cuDeviceGet(int* device, int) {
  *device = 0;
  return SUCCESS;
}
Result cuDeviceGetName(char* name, int size, int) {
  snprintf(name, size, "stand-in");
  return SUCCESS;
}
Result cuDeviceGetPCIBusId(char* id, int size, int) {
  snprintf(id, size, "0000:01:00.0");
  return SUCCESS;
}
Result cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = MEMORY;
  return SUCCESS;
}
Result cuDeviceGetAttribute(int* value, int attribute, int) {
  const char* told = getenv("PUSULA_STAND_IN_CAPABILITY");
  int capability = told ? atoi(told) : 90;
  *value = attribute == 16 ? 132 : attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : 0;
  return SUCCESS;
}
Result cuDevicePrimaryCtxRetain(void** context, int) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  retained++;
  *context = &allocations;
  return SUCCESS;
}
Result cuDevicePrimaryCtxRelease_v2(int) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (--retained > 0) return SUCCESS;
  for (auto& [memory, bytes] : allocations) free(memory - GUARD);
  allocations.clear();
  used = 0;
  illness = SUCCESS;
  return SUCCESS;
}
Result cuCtxSetCurrent(void*) { return SUCCESS; }
Result cuCtxSynchronize() { return now(); }

Result cuMemAlloc_v2(DevicePointer* pointer, size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (Result refused = now()) return refused;
  if (used + bytes > MEMORY) return OUT_OF_MEMORY;
  size_t rounded = (bytes + 255) / 256 * 256;
  char* memory = (char*)aligned_alloc(256, rounded + 2 * GUARD + 256) + GUARD;
  memset(memory - GUARD, 0xff, rounded + 2 * GUARD);
  allocations[memory] = bytes;
  used += bytes;
  *pointer = (DevicePointer)memory;
  return SUCCESS;
}
Result cuMemFree_v2(DevicePointer pointer) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (Result refused = now()) return refused;
  auto found = allocations.find((char*)pointer);
  if (found == allocations.end()) return INVALID_VALUE;
  used -= found->second;
  free(found->first - GUARD);
  allocations.erase(found);
  return SUCCESS;
}
Result cuMemGetInfo_v2(size_t* available, size_t* total) {
  *available = MEMORY - used;
  *total = MEMORY;
  return SUCCESS;
}
Result cuMemHostAlloc(void** pointer, size_t bytes, unsigned) {
  *pointer = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  return now();
}
Result cuMemFreeHost(void* pointer) {
  free(pointer);
  return SUCCESS;
}
Result cuMemcpyHtoD_v2(DevicePointer to, const void* from, size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (Result refused = now()) return refused;
  memcpy((void*)to, from, bytes);
  return SUCCESS;
}
Result cuMemcpyDtoH_v2(void* to, DevicePointer from, size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (Result refused = now()) return refused;
  memcpy(to, (void*)from, bytes);
  return SUCCESS;
}
Result cuMemcpyHtoDAsync_v2(DevicePointer to, const void* from, size_t bytes, void* stream) {
  return run_or_record(stream, [=] { return memcpy((void*)to, from, bytes), (Result)SUCCESS; });
}
Result cuMemcpyDtoHAsync_v2(void* to, DevicePointer from, size_t bytes, void* stream) {
  return run_or_record(stream, [=] { return memcpy(to, (void*)from, bytes), (Result)SUCCESS; });
}
Result cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t bytes, void* stream) {
  return run_or_record(stream, [=] { return memmove((void*)to, (void*)from, bytes), (Result)SUCCESS; });
}
Result cuMemsetD8_v2(DevicePointer to, unsigned char value, size_t bytes) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (Result refused = now()) return refused;
  memset((void*)to, value, bytes);
  return SUCCESS;
}

// The kernels are linked in; of the image only its kind is looked at.
Result cuModuleLoadData(void** module, const void* image) {
  if (*(const unsigned*)image != 0xba55ed50u) return INVALID_IMAGE;
  *module = &launches;
  return SUCCESS;
}
Result cuModuleUnload(void*) { return SUCCESS; }
Result cuModuleGetFunction(void** function, void*, const char* name) {
  auto found = emulation::kernels().find(name);
  if (found == emulation::kernels().end()) return NOT_FOUND;
  *function = &found->second;
  return SUCCESS;
}
Result cuFuncSetAttribute(void*, int, int) { return SUCCESS; }
Result cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                      unsigned shared, void* stream, void** arguments, void**) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (bx * by * bz == 0 || bx * by * bz > 1024 || gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535 ||
      shared > 48 * 1024)
    return INVALID_VALUE;
  const char* lost = getenv("PUSULA_STAND_IN_LOST");
  if (lost && ++launches >= atoi(lost)) illness = DEVICE_LOST;
  emulation::Work work = (*(emulation::Binder*)function)(arguments);
  return run_or_record(stream, [=]() -> Result {
    if (!emulation::launch(work, {gx, gy, gz}, {bx, by, bz}, shared)) return illness = LAUNCH_FAILED;
    for (auto& [memory, bytes] : allocations)
      if (!guarded(memory, (bytes + 255) / 256 * 256)) return illness = ILLEGAL_ADDRESS;
    return SUCCESS;
  });
}

Result cuStreamCreate(void** stream, unsigned) {
  *stream = new Stream();
  return SUCCESS;
}
Result cuStreamDestroy_v2(void* stream) {
  delete (Stream*)stream;
  return SUCCESS;
}
Result cuStreamSynchronize(void*) { return now(); }
Result cuStreamBeginCapture_v2(void* stream, int) {
  capturing = (Stream*)stream;
  capturing->captured = new Graph();
  return illness;
}
Result cuStreamEndCapture(void* stream, void** graph) {
  *graph = ((Stream*)stream)->captured;
  ((Stream*)stream)->captured = nullptr;
  capturing = nullptr;
  return illness;
}
Result cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  *executable = new Graph(*(Graph*)graph);
  return SUCCESS;
}
Result cuGraphLaunch(void* executable, void*) {
  std::lock_guard<std::recursive_mutex> lock(one_at_a_time);
  if (illness) return illness;
  for (auto& operation : ((Graph*)executable)->operations)
    if (Result failed = operation()) return failed;
  return SUCCESS;
}
Result cuGraphDestroy(void* graph) {
  delete (Graph*)graph;
  return SUCCESS;
}
Result cuGraphExecDestroy(void* executable) {
  delete (Graph*)executable;
  return SUCCESS;
}
Result cuGetErrorName(Result code, const char** name) {
  *name = code == DEVICE_LOST ? "CUDA_ERROR_DEVICE_UNAVAILABLE" : code == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
        : code == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED" : code == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS"
        : "CUDA_ERROR";
  return SUCCESS;
}
Result cuGetErrorString(Result code, const char** text) {
  *text = code == DEVICE_LOST ? "the device is unavailable" : code == OUT_OF_MEMORY ? "out of memory" : "stand-in error";
  return SUCCESS;
}
}
