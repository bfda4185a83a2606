/* A driver that answers what it is compiled to: INIT, VERSION, DEVICES, CAPABILITY_MAJOR, CAPABILITY_MINOR, and REAL or
   EMULATED. */
#include <stddef.h>
#include <stdio.h>

static int initialised;

#ifdef EMULATED
const char *emulated_report(void) { return ""; }
#endif

int cuInit(unsigned flags) { initialised = INIT == 0; return flags ? 1 : INIT; }
int cuDriverGetVersion(int *version) { *version = VERSION; return 0; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return initialised ? 0 : 3; }
int cuDeviceGet(int *device, int ordinal) { *device = 40 + ordinal; return ordinal < DEVICES ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int device) { snprintf(name, length, "Fake %d", device - 40); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 6442450944u + device - 40; return 0; }
int cuDeviceGetPCIBusId(char *text, int length, int device) {
  snprintf(text, length, "0000:01:00.0");
  return device == 40 ? 0 : 101;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 75: *value = CAPABILITY_MAJOR; return 0;
    case 76: *value = CAPABILITY_MINOR + device - 40; return 0;
    default: return 1;
  }
}
