// cuBLAS handles, status codes, and how a function of the library begins and ends.
//
// To add a function: write it in the api_*.cpp of its subject as
//
//   CUBLAS_API cublasFoo(void* handle, int n) {
//     return with_handle(handle, [&](Handle& h) { require_blas(n >= 0, INVALID_VALUE); ... });
//   }
//
// with the name that libJCublas2 imports (imports.txt); its stub disappears by itself.
#pragma once

#include <cstddef>
#include <functional>

#define CUBLAS_API extern "C" __attribute__((visibility("default"))) int

namespace emulated {

enum BlasStatus : int {  // cublasStatus_t
  BLAS_SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  ARCH_MISMATCH = 8,
  MAPPING_ERROR = 11,
  EXECUTION_FAILED = 13,
  INTERNAL_ERROR = 14,
  NOT_SUPPORTED = 15,
};

enum MathMode : int {  // cublasMath_t
  DEFAULT_MATH = 0,
  TENSOR_OP_MATH = 1,
  PEDANTIC_MATH = 2,
  TF32_TENSOR_OP_MATH = 3,
  DISALLOW_REDUCED_PRECISION_REDUCTION = 16,  // a flag
};

struct Handle {
  void* stream = nullptr;
  int math = DEFAULT_MATH;
  bool device_scalars = false;  // CUBLAS_POINTER_MODE_DEVICE
  bool atomics = false;
  void* workspace = nullptr;  // the caller's; null: the library's own
  std::size_t workspace_bytes = 0;
  unsigned long long calls = 0;
};

struct BlasRefused {
  BlasStatus status;
};

inline void require_blas(bool condition, BlasStatus otherwise) {
  if (!condition) throw BlasRefused{otherwise};
}

void* create_handle();
void destroy_handle(void* handle);

// Runs the body with the handle, or answers NOT_INITIALIZED (no such handle, no context) or EXECUTION_FAILED (the
// device has failed).
int with_handle(void* handle, const std::function<void(Handle&)>& body);

// Puts work into the handle's stream.
void enqueue_blas(Handle& handle, const std::function<void()>& work);

// Reports an argument that is no device memory of that size, and refuses. A real device would fail later.
void require_device_range(const char* function, const char* argument, const void* start, std::size_t bytes);

}  // namespace emulated
