// NVIDIA's management library as a machine with one device at 0000:65:00.0 has it: each reading is a number of its own.
// The file libnvidia-ml.so.1.fault beside it may have a fault and a function, which then has that fault.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void answer_unless_faulty(const char* function) {
  Dl_info self;
  char path[4096], fault[64], where[64];
  if (!dladdr((void*)answer_unless_faulty, &self)) return;
  snprintf(path, sizeof path, "%s.fault", self.dli_fname);
  FILE* file = fopen(path, "r");
  if (!file) return;
  int read = fscanf(file, "%63s %63s", fault, where);
  fclose(file);
  if (read != 2 || strcmp(where, function) != 0) return;
  if (strcmp(fault, "hang") == 0) for (;;) sleep(1000);
  if (strcmp(fault, "abort") == 0) abort();
  if (strcmp(fault, "crash") == 0) *(volatile int*)0 = 1;
  if (strcmp(fault, "exit") == 0) _exit(77);
  if (strcmp(fault, "print") == 0) for (;;) fputs("0123456789", stdout);
  if (strcmp(fault, "chat") == 0) { printf("not\na line"); fflush(stdout); }
}

__attribute__((constructor)) static void loaded(void) { answer_unless_faulty("dlopen"); }

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int device;
static unsigned long long energy = 1000000;

int nvmlInit_v2(void) {
  answer_unless_faulty("nvmlInit_v2");
  return SUCCESS;
}

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
int nvmlDeviceGetPowerUsage(void* handle, unsigned* value) {
  answer_unless_faulty("nvmlDeviceGetPowerUsage");
  return put(handle, value, 345678);
}
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
