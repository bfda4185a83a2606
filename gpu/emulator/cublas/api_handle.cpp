// The library itself: version, handles, their modes, status names.
#include <cstdint>

#include "../driver/device_bridge.h"
#include "handle.h"

#ifndef EMULATED_CUBLAS_MAJOR
#error "EMULATED_CUBLAS_MAJOR is 12 or 13"
#endif

using namespace emulated;

namespace {

// 12.6.4, the library of CUDA 12.6; 13.0.0, that of CUDA 13.0.
constexpr int MAJOR = EMULATED_CUBLAS_MAJOR, MINOR = MAJOR == 12 ? 6 : 0, PATCH = MAJOR == 12 ? 4 : 0;
constexpr std::uintptr_t WORKSPACE_ALIGNMENT = 256;

}  // namespace

CUBLAS_API cublasGetVersion_v2(void*, int* version) {
  *version = MAJOR * 10000 + MINOR * 100 + PATCH;
  return BLAS_SUCCESS;
}

CUBLAS_API cublasGetProperty(int property, int* value) {
  if (property < 0 || property > 2) return INVALID_VALUE;
  *value = property == 0 ? MAJOR : property == 1 ? MINOR : PATCH;
  return BLAS_SUCCESS;
}

extern "C" __attribute__((visibility("default"))) std::size_t cublasGetCudartVersion() {
  return MAJOR * 1000 + MINOR * 10;
}

CUBLAS_API cublasCreate_v2(void** handle) {
  if (emulated_library_begin() != 0) return NOT_INITIALIZED;
  *handle = create_handle();
  return BLAS_SUCCESS;
}

// On a failed device the handle goes all the same.
CUBLAS_API cublasDestroy_v2(void* handle) {
  int status = with_handle(handle, [](Handle&) { emulated_library_wait(); });
  destroy_handle(handle);
  return status;
}

// Sets the workspace back to the library's own, as documented.
CUBLAS_API cublasSetStream_v2(void* handle, void* stream) {
  return with_handle(handle, [&](Handle& h) {
    require_blas(emulated_is_stream(stream), INVALID_VALUE);
    h.stream = stream;
    h.workspace = nullptr;
    h.workspace_bytes = 0;
  });
}

CUBLAS_API cublasGetStream_v2(void* handle, void** stream) {
  return with_handle(handle, [&](Handle& h) { *stream = h.stream; });
}

CUBLAS_API cublasSetWorkspace_v2(void* handle, void* workspace, std::size_t bytes) {
  return with_handle(handle, [&](Handle& h) {
    require_blas(reinterpret_cast<std::uintptr_t>(workspace) % WORKSPACE_ALIGNMENT == 0, INVALID_VALUE);
    require_blas(workspace != nullptr || bytes == 0, INVALID_VALUE);
    require_device_range("cublasSetWorkspace", "the workspace", workspace, bytes);
    h.workspace = workspace;
    h.workspace_bytes = bytes;
  });
}

CUBLAS_API cublasSetMathMode(void* handle, int mode) {
  return with_handle(handle, [&](Handle& h) {
    int base = mode & ~DISALLOW_REDUCED_PRECISION_REDUCTION;
    require_blas(base >= DEFAULT_MATH && base <= TF32_TENSOR_OP_MATH, INVALID_VALUE);
    h.math = mode;
  });
}

CUBLAS_API cublasGetMathMode(void* handle, int* mode) {
  return with_handle(handle, [&](Handle& h) { *mode = h.math; });
}

CUBLAS_API cublasSetPointerMode_v2(void* handle, int mode) {
  return with_handle(handle, [&](Handle& h) {
    require_blas(mode == 0 || mode == 1, INVALID_VALUE);
    h.device_scalars = mode == 1;
  });
}

CUBLAS_API cublasGetPointerMode_v2(void* handle, int* mode) {
  return with_handle(handle, [&](Handle& h) { *mode = h.device_scalars; });
}

CUBLAS_API cublasSetAtomicsMode(void* handle, int mode) {
  return with_handle(handle, [&](Handle& h) {
    require_blas(mode == 0 || mode == 1, INVALID_VALUE);
    h.atomics = mode == 1;
  });
}

CUBLAS_API cublasGetAtomicsMode(void* handle, int* mode) {
  return with_handle(handle, [&](Handle& h) { *mode = h.atomics; });
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusName(int status) {
  switch (status) {
    case BLAS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    default:
      return "CUBLAS_STATUS_UNKNOWN";
  }
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusString(int status) {
  return cublasGetStatusName(status);
}
