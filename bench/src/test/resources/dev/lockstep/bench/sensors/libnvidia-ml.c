// NVIDIA's management library as a machine with one device at 0000:65:00.0 has it: each reading is a number of its own.
#include <string.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int device;
static unsigned long long energy = 1000000;

int nvmlInit_v2(void) { return SUCCESS; }

const char* nvmlErrorString(int status) { return status == NOT_FOUND ? "Not Found" : "Not Supported"; }

int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** handle) {
  if (strcmp(bus, "0000:65:00.0") != 0) return NOT_FOUND;
  *handle = &device;
  return SUCCESS;
}

static int put(void* handle, unsigned* value, unsigned number) {
  if (handle != &device) return NOT_FOUND;
  *value = number;
  return SUCCESS;
}

int nvmlDeviceGetClockInfo(void* handle, int kind, unsigned* value) { return put(handle, value, 1000 + kind); }
int nvmlDeviceGetMaxClockInfo(void* handle, int kind, unsigned* value) { return put(handle, value, 2000 + kind); }
int nvmlDeviceGetPowerUsage(void* handle, unsigned* value) { return put(handle, value, 345678); }
int nvmlDeviceGetEnforcedPowerLimit(void* handle, unsigned* value) { return put(handle, value, 700000); }
int nvmlDeviceGetTemperature(void* handle, int kind, unsigned* value) { return put(handle, value, 55 + kind); }
int nvmlDeviceGetEccMode(void* handle, unsigned* now, unsigned* next) { return NOT_SUPPORTED; }

int nvmlDeviceGetCurrentClocksThrottleReasons(void* handle, unsigned long long* reasons) {
  *reasons = 0x4 | 0x40;
  return SUCCESS;
}

// Seven joules a look.
int nvmlDeviceGetTotalEnergyConsumption(void* handle, unsigned long long* millijoules) {
  *millijoules = energy += 7000;
  return SUCCESS;
}
