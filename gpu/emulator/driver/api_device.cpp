// Initialisation, devices, error names.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "api.h"
#include "machine.h"

using namespace emulated;

namespace emulated {

std::recursive_mutex& device_lock() {
  static std::recursive_mutex lock;
  return lock;
}

void begin_call() {
  journal().add(Counter::API_CALLS);
  if (!injection().loss.strikes()) return;
  driver().unavailable = injection().lost_status == ERROR_DEVICE_UNAVAILABLE;
  for (auto& [handle, context] : driver().contexts.all()) context->sticky = injection().lost_status;
}

// dlopens the kernels that lie beside this library (libcuda.cpp).
void load_kernels();

}  // namespace emulated

namespace {

void require_device(int device) {
  require(device >= 0 && device < machine().devices, ERROR_INVALID_DEVICE);
}

int attribute(int attribute, int device) {
  switch (attribute) {  // CUdevice_attribute
    case 1:    // MAX_THREADS_PER_BLOCK
    case 2:    // MAX_BLOCK_DIM_X
    case 3:    // MAX_BLOCK_DIM_Y
      return MAX_THREADS;
    case 4:    // MAX_BLOCK_DIM_Z
      return MAX_BLOCK_Z;
    case 5:    // MAX_GRID_DIM_X
      return static_cast<int>(MAX_GRID_X);
    case 6:    // MAX_GRID_DIM_Y
    case 7:    // MAX_GRID_DIM_Z
      return MAX_GRID_YZ;
    case 8:    // MAX_SHARED_MEMORY_PER_BLOCK
      return SHARED_BYTES;
    case 9:    // TOTAL_CONSTANT_MEMORY
      return 65536;
    case 10:   // WARP_SIZE
      return 32;
    case 12:   // MAX_REGISTERS_PER_BLOCK
    case 82:   // MAX_REGISTERS_PER_MULTIPROCESSOR
      return 65536;
    case 13:   // CLOCK_RATE, kHz
      return 1000000;
    case 14:   // TEXTURE_ALIGNMENT
      return 512;
    case 16:   // MULTIPROCESSOR_COUNT
      return machine().multiprocessors;
    case 33:   // PCI_BUS_ID
      return device + 1;
    case 36:   // MEMORY_CLOCK_RATE, kHz
      return 1000000;
    case 37:   // GLOBAL_MEMORY_BUS_WIDTH, bits
      return 256;
    case 38:   // L2_CACHE_SIZE
      return 4 << 20;
    case 39:   // MAX_THREADS_PER_MULTIPROCESSOR
      return machine().capability == 75 ? 1024 : 2048;
    case 40:   // ASYNC_ENGINE_COUNT
      return 2;
    case 31:   // CONCURRENT_KERNELS
    case 41:   // UNIFIED_ADDRESSING
    case 78:   // STREAM_PRIORITIES_SUPPORTED
      return 1;
    case 75:   // COMPUTE_CAPABILITY_MAJOR
      return machine().capability / 10;
    case 76:   // COMPUTE_CAPABILITY_MINOR
      return machine().capability % 10;
    case 81:   // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
      return static_cast<int>(shared_bytes_on_request()) + 1024;
    case 97:   // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
      return static_cast<int>(shared_bytes_on_request());
    default:   // features this device does not have
      return 0;
  }
}

}  // namespace

CUDA_API cuInit(unsigned flags) {
  return without_driver([&] {
    require(flags == 0, ERROR_INVALID_VALUE);
    require(machine().devices > 0, ERROR_NO_DEVICE);
    load_kernels();
    driver().initialized = true;
  });
}

CUDA_API cuDriverGetVersion(int* version) {
  return without_driver([&] { *version = machine().driver; });
}

CUDA_API cuDeviceGetCount(int* count) {
  return in_driver([&] { *count = machine().devices; });
}

CUDA_API cuDeviceGet(int* device, int ordinal) {
  return in_driver([&] {
    require_device(ordinal);
    *device = ordinal;
  });
}

CUDA_API cuDeviceGetName(char* name, int bytes, int device) {
  return in_driver([&] {
    require_device(device);
    require(bytes > 0, ERROR_INVALID_VALUE);
    std::snprintf(name, static_cast<std::size_t>(bytes), "Emulated CUDA device %d, sm_%d", device,
                  machine().capability);
  });
}

CUDA_API cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
  return in_driver([&] {
    require_device(device);
    *bytes = machine().memory;
  });
}

CUDA_API cuDeviceGetUuid(char* uuid, int device) {
  return in_driver([&] {
    require_device(device);
    std::memset(uuid, 0xE0 + device, 16);
  });
}

CUDA_API cuDeviceGetPCIBusId(char* text, int bytes, int device) {
  return in_driver([&] {
    require_device(device);
    std::snprintf(text, static_cast<std::size_t>(bytes), "0000:%02x:00.0", device + 1);
  });
}

CUDA_API cuDeviceGetAttribute(int* value, int which, int device) {
  return in_driver([&] {
    require_device(device);
    *value = attribute(which, device);
  });
}

CUDA_API cuDeviceComputeCapability(int* major, int* minor, int device) {
  return in_driver([&] {
    require_device(device);
    *major = machine().capability / 10;
    *minor = machine().capability % 10;
  });
}

CUDA_API cuGetErrorName(int status, const char** name) {
  *name = name_of(static_cast<Status>(status));
  return *name == nullptr ? ERROR_INVALID_VALUE : SUCCESS;
}

CUDA_API cuGetErrorString(int status, const char** text) {
  *text = text_of(static_cast<Status>(status));
  return *text == nullptr ? ERROR_INVALID_VALUE : SUCCESS;
}
