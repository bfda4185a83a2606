// Modules, functions, launches.
#include <algorithm>
#include <cstring>

#include "api.h"
#include "injection.h"
#include "machine.h"

using namespace emulated;

namespace {

enum FunctionAttribute {  // CUfunction_attribute
  MAX_THREADS_PER_BLOCK = 0,
  SHARED_SIZE_BYTES = 1,
  CONST_SIZE_BYTES = 2,
  LOCAL_SIZE_BYTES = 3,
  NUM_REGS = 4,
  PTX_VERSION = 5,
  BINARY_VERSION = 6,
  MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
  PREFERRED_SHARED_MEMORY_CARVEOUT = 9,
};

constexpr int ERROR_LOG = 5, ERROR_LOG_BYTES = 6;  // CU_JIT_ERROR_LOG_BUFFER, ..._SIZE_BYTES

std::shared_ptr<Function> find(Context& context, void* handle) {
  auto function = driver().functions.find(handle);
  require(function->context == &context && !function->module->unloaded, ERROR_INVALID_HANDLE);
  return function;
}

// A driver writes why it refuses PTX into the buffer that the caller may give.
void write_error_log(unsigned options, const int* keys, void** values, const std::string& text) {
  char* log = nullptr;
  std::size_t bytes = 0;
  for (unsigned i = 0; i < options; i++) {
    if (keys[i] == ERROR_LOG) log = static_cast<char*>(values[i]);
    if (keys[i] == ERROR_LOG_BYTES) bytes = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(values[i]));
  }
  if (log == nullptr || bytes == 0) return;
  std::size_t written = std::min(bytes - 1, text.size());
  std::memcpy(log, text.data(), written);
  log[written] = 0;
}

}  // namespace

CUDA_API cuModuleLoadDataEx(void** module, const void* image, unsigned options, int* keys, void** values) {
  return in_context([&](Context& context) {
    refuse_unsafe_while_capturing(context);
    try {
      *module = driver().modules.add(load_module(context, static_cast<const char*>(image)));
    } catch (const Refused&) {
      write_error_log(options, keys, values, journal().explanation());
      throw;
    }
  });
}

CUDA_API cuModuleLoadData(void** module, const void* image) {
  return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr);
}

CUDA_API cuModuleUnload(void* handle) {
  return in_context([&](Context& context) {
    refuse_unsafe_while_capturing(context);
    auto module = driver().modules.find(handle);
    require(module->context == &context, ERROR_INVALID_HANDLE);
    drain_all(context);
    module->unloaded = true;
    driver().modules.remove(handle);
    driver().functions.remove_if([&](const Function& function) { return function.module == module; });
  });
}

CUDA_API cuModuleGetFunction(void** function, void* handle, const char* name) {
  return in_context([&](Context& context) {
    auto module = driver().modules.find(handle);
    require(module->context == &context, ERROR_INVALID_HANDLE);
    *function = driver().functions.add(find_function(module, name));
  });
}

CUDA_API cuFuncGetAttribute(int* value, int attribute, void* handle) {
  return in_context([&](Context& context) {
    auto function = find(context, handle);
    switch (attribute) {
      case MAX_THREADS_PER_BLOCK:
        *value = static_cast<int>(function->entry.max_threads);
        break;
      case SHARED_SIZE_BYTES:
        *value = static_cast<int>(function->entry.shared_bytes);
        break;
      case CONST_SIZE_BYTES:
      case LOCAL_SIZE_BYTES:
        *value = 0;
        break;
      case NUM_REGS:
        *value = 32;
        break;
      case PTX_VERSION:
        *value = function->module->ptx.target;
        break;
      case BINARY_VERSION:
        *value = machine().capability;
        break;
      case MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = static_cast<int>(function->max_dynamic_shared_bytes);
        break;
      default:
        refuse(ERROR_INVALID_VALUE);
    }
  });
}

CUDA_API cuFuncSetAttribute(void* handle, int attribute, int value) {
  return in_context([&](Context& context) {
    auto function = find(context, handle);
    require(value >= 0 || attribute == PREFERRED_SHARED_MEMORY_CARVEOUT, ERROR_INVALID_VALUE);
    if (attribute == MAX_DYNAMIC_SHARED_SIZE_BYTES) {
      require(static_cast<std::size_t>(value) + function->entry.shared_bytes <= shared_bytes_on_request(),
              ERROR_INVALID_VALUE);
      function->max_dynamic_shared_bytes = static_cast<std::size_t>(value);
    } else {
      require(attribute == PREFERRED_SHARED_MEMORY_CARVEOUT, ERROR_INVALID_VALUE);
    }
  });
}

CUDA_API cuFuncSetCacheConfig(void* handle, int) {
  return in_context([&](Context& context) { find(context, handle); });
}

CUDA_API cuLaunchKernel(void* handle, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                        unsigned block_y, unsigned block_z, unsigned shared_bytes, void* stream, void** parameters,
                        void** extra) {
  return in_context([&](Context& context) {
    LaunchShape shape{{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, 0,
                      injection().only_block};
    launch(context, find(context, handle), shape, find_stream(context, stream), parameters, extra);
  });
}
