// Contexts: the primary one of each device, and created ones.
#include "api.h"
#include "machine.h"

using namespace emulated;

namespace {

void require_device(int device) {
  require(device >= 0 && device < machine().devices, ERROR_INVALID_DEVICE);
  require(!driver().unavailable, ERROR_DEVICE_UNAVAILABLE);
}

}  // namespace

CUDA_API cuDevicePrimaryCtxRetain(void** context, int device) {
  return in_driver([&] {
    require_device(device);
    void* handle = primary_context(device);
    if (handle == nullptr) handle = create_context(device, true);
    driver().contexts.find(handle)->retained++;
    *context = handle;
  });
}

CUDA_API cuDevicePrimaryCtxRelease_v2(int device) {
  return in_driver([&] {
    require(device >= 0 && device < machine().devices, ERROR_INVALID_DEVICE);
    void* handle = primary_context(device);
    require(handle != nullptr, ERROR_INVALID_CONTEXT);
    auto context = driver().contexts.find(handle);
    if (--context->retained == 0) destroy_context(handle);
  });
}

CUDA_API cuDevicePrimaryCtxReset_v2(int device) {
  return in_driver([&] {
    require(device >= 0 && device < machine().devices, ERROR_INVALID_DEVICE);
    void* handle = primary_context(device);
    if (handle != nullptr) destroy_context(handle);
  });
}

CUDA_API cuDevicePrimaryCtxSetFlags_v2(int device, unsigned) {
  return in_driver([&] { require_device(device); });
}

CUDA_API cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active) {
  return in_driver([&] {
    require_device(device);
    *flags = 0;
    *active = primary_context(device) != nullptr;
  });
}

CUDA_API cuCtxCreate_v2(void** context, unsigned, int device) {
  return in_driver([&] {
    require_device(device);
    *context = create_context(device, false);
    current_contexts().push_back(*context);
  });
}

CUDA_API cuCtxDestroy_v2(void* handle) {
  return in_driver([&] {
    require(!driver().contexts.find(handle, ERROR_INVALID_CONTEXT)->primary, ERROR_INVALID_CONTEXT);
    destroy_context(handle);
    auto& stack = current_contexts();
    if (!stack.empty() && stack.back() == handle) stack.pop_back();
  });
}

CUDA_API cuCtxSetCurrent(void* handle) {
  return in_driver([&] {
    if (handle != nullptr) driver().contexts.find(handle, ERROR_INVALID_CONTEXT);
    auto& stack = current_contexts();
    if (!stack.empty()) stack.pop_back();
    if (handle != nullptr) stack.push_back(handle);
  });
}

CUDA_API cuCtxGetCurrent(void** handle) {
  return in_driver([&] { *handle = current_contexts().empty() ? nullptr : current_contexts().back(); });
}

CUDA_API cuCtxPushCurrent_v2(void* handle) {
  return in_driver([&] {
    driver().contexts.find(handle, ERROR_INVALID_CONTEXT);
    current_contexts().push_back(handle);
  });
}

CUDA_API cuCtxPopCurrent_v2(void** handle) {
  return in_driver([&] {
    require(!current_contexts().empty(), ERROR_INVALID_CONTEXT);
    if (handle != nullptr) *handle = current_contexts().back();
    current_contexts().pop_back();
  });
}

CUDA_API cuCtxGetDevice(int* device) {
  return in_driver([&] { *device = current_context().device; });
}

CUDA_API cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  return in_context([&](Context&) {
    if (least != nullptr) *least = 0;
    if (greatest != nullptr) *greatest = -5;
  });
}

CUDA_API cuCtxSynchronize() {
  return in_context([&](Context& context) {
    refuse_while_capturing(context);
    drain_all(context);
    note_synchronization();
  });
}
