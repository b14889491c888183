// A stand-in for libnvidia-ml.so.1: one GPU with figures that a test knows.
#include <cstring>

extern "C" {
int nvmlInit_v2() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** device) {
  *device = (void*)bus;
  return strcmp(bus, "0000:01:00.0") ? 6 : 0;
}
int nvmlDeviceGetUtilizationRates(void*, unsigned* gpu_and_memory) {
  gpu_and_memory[0] = 37;
  gpu_and_memory[1] = 12;
  return 0;
}
int nvmlDeviceGetMemoryInfo(void*, unsigned long long* total_free_used) {
  total_free_used[0] = 80ull << 30;
  total_free_used[1] = 79ull << 30;
  total_free_used[2] = 1ull << 30;
  return 0;
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 251500;
  return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long*) { return 3; }  // not supported
}
