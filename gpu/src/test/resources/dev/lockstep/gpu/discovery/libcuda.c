/* A driver that answers what it is compiled to: INIT, VERSION, DEVICES, CAPABILITY_MAJOR, CAPABILITY_MINOR, and REAL or
   EMULATED. Variables change that when it runs: STUB_INIT, STUB_VERSION, STUB_VERSION_STATUS, STUB_DEVICES, STUB_NAME,
   STUB_CAPABILITY, STUB_MODE, STUB_CONTEXT and STUB_MODULE (statuses of these), STUB_LOG (the compiler's), and
   STUB_CRASH_IN, STUB_ABORT_IN, STUB_EXIT_IN, STUB_HANG_IN, STUB_PRINT_IN, each of which names a function. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int initialised;

static int number(const char *name, int otherwise) {
  const char *value = getenv(name);
  return value ? atoi(value) : otherwise;
}

static int is(const char *variable, const char *function) {
  const char *value = getenv(variable);
  return value && strcmp(value, function) == 0;
}

static void enter(const char *function) {
  if (is("STUB_CRASH_IN", function)) *(volatile int *)0 = 1;
  if (is("STUB_ABORT_IN", function)) abort();
  if (is("STUB_EXIT_IN", function)) exit(77);
  while (is("STUB_HANG_IN", function)) sleep(1);
  while (is("STUB_PRINT_IN", function)) puts("end calling:x device:0:0:0:0:0:0");
}

__attribute__((constructor)) static void loaded(void) { enter("dlopen"); }

#ifdef EMULATED
const char *emulated_report(void) { return ""; }
#endif

int cuInit(unsigned flags) {
  enter("cuInit");
  int status = number("STUB_INIT", INIT);
  initialised = status == 0;
  return flags ? 1 : status;
}
int cuDriverGetVersion(int *version) { *version = number("STUB_VERSION", VERSION); return number("STUB_VERSION_STATUS", 0); }
int cuDeviceGetCount(int *count) { *count = number("STUB_DEVICES", DEVICES); return initialised ? 0 : 3; }
int cuDeviceGet(int *device, int ordinal) { *device = 40 + ordinal; return ordinal < number("STUB_DEVICES", DEVICES) ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int device) {
  const char *given = getenv("STUB_NAME");
  if (given) {
    memset(name, 'A', length); /* and no NUL unless it is given */
    if (*given) snprintf(name, length, "%s", given);
  } else {
    snprintf(name, length, "Fake %d", device - 40);
  }
  return 0;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = getenv("STUB_MEMORY") ? strtoull(getenv("STUB_MEMORY"), 0, 10) : 6442450944u + device - 40; return 0; }
int cuDeviceGetPCIBusId(char *text, int length, int device) {
  snprintf(text, length, "0000:01:00.0");
  return device == 40 ? 0 : 101;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 20: *value = number("STUB_MODE", 0); return 0;
    case 75: *value = number("STUB_CAPABILITY", CAPABILITY_MAJOR); return 0;
    case 76: *value = CAPABILITY_MINOR + device - 40; return 0;
    default: return 1;
  }
}
int cuDevicePrimaryCtxRetain(void **context, int device) { enter("cuDevicePrimaryCtxRetain"); *context = &initialised; return number("STUB_CONTEXT", device < 40); }
int cuCtxSetCurrent(void *context) { return context != &initialised; }
int cuDevicePrimaryCtxRelease_v2(int device) { return device < 40; }
int cuModuleLoadDataEx(void **module, const void *image, unsigned options, int *keys, void **values) {
  enter("cuModuleLoadDataEx");
  *module = &initialised;
  for (unsigned i = 0; i < options; i++) {
    if (keys[i] == 5 && getenv("STUB_LOG")) strcpy(values[i], getenv("STUB_LOG"));
  }
  return number("STUB_MODULE", strstr(image, ".version") == 0);
}
