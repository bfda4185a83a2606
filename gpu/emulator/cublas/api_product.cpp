// Matrix products: all of them one Product (product.h), checked as cuBLAS checks it.
#include <algorithm>
#include <cstdint>

#include "../driver/device_bridge.h"
#include "handle.h"
#include "product.h"

using namespace emulated;

namespace {

enum DataType : int { R_32F = 0, R_16BF = 14 };  // cudaDataType_t

enum ComputeType : int {  // cublasComputeType_t
  COMPUTE_32F = 68,
  COMPUTE_32F_PEDANTIC = 69,
  COMPUTE_32F_FAST_16F = 74,
  COMPUTE_32F_FAST_16BF = 75,
  COMPUTE_32F_FAST_TF32 = 77,
};

constexpr int FIRST_WITH_TF32_AND_BF16 = 80;  // compute capability

// The arguments as cuBLAS takes them.
struct Call {
  const char* function;
  int a_operation, b_operation;
  int rows, columns, terms;
  const void* alpha;
  const void* a;
  int a_type, a_leading;
  long long a_stride;
  const void* b;
  int b_type, b_leading;
  long long b_stride;
  const void* beta;
  void* c;
  int c_type, c_leading;
  long long c_stride;
  int count;
  int compute;
};

std::size_t bytes_of(int type) { return type == R_32F ? 4 : 2; }

Element element_of(int type) { return type == R_32F ? Element::FP32 : Element::BF16; }

std::size_t extent(int type, long long rows, long long columns, long long leading, long long stride, int count) {
  if (rows == 0 || columns == 0 || count == 0) return 0;
  return static_cast<std::size_t>(rows + leading * (columns - 1) + stride * (count - 1)) * bytes_of(type);
}

void check_arguments(const Call& call) {
  for (int operation : {call.a_operation, call.b_operation}) {
    require_blas(operation >= 0 && operation <= 2, INVALID_VALUE);  // N, T, C
  }
  require_blas(call.rows >= 0 && call.columns >= 0 && call.terms >= 0 && call.count >= 0, INVALID_VALUE);
  require_blas(call.a_leading >= std::max(1, call.a_operation ? call.terms : call.rows), INVALID_VALUE);
  require_blas(call.b_leading >= std::max(1, call.b_operation ? call.columns : call.terms), INVALID_VALUE);
  require_blas(call.c_leading >= std::max(1, call.rows), INVALID_VALUE);
  require_blas(call.alpha != nullptr && call.beta != nullptr, INVALID_VALUE);
}

// The combinations of the table of cublasGemmEx that have fp32 accumulation and fp32 or bf16 operands.
void check_types(const Call& call) {
  bool fp32 = call.a_type == R_32F && call.b_type == R_32F && call.c_type == R_32F;
  bool bf16 = call.a_type == R_16BF && call.b_type == R_16BF && (call.c_type == R_32F || call.c_type == R_16BF);
  bool plain = call.compute == COMPUTE_32F || call.compute == COMPUTE_32F_PEDANTIC;
  bool fast = call.compute == COMPUTE_32F_FAST_TF32 || call.compute == COMPUTE_32F_FAST_16BF;
  if (fp32 && call.compute == COMPUTE_32F_FAST_16F) emulated_library_fault("CUBLAS_COMPUTE_32F_FAST_16F is not emulated");
  require_blas((fp32 && (plain || fast)) || (bf16 && plain), NOT_SUPPORTED);
  require_blas(!bf16 || emulated_capability() >= FIRST_WITH_TF32_AND_BF16, ARCH_MISMATCH);
}

// A mode only permits; this library then always does it, where the device can and the machine does not override it.
Rounding rounding_of(const Handle& handle, const Call& call) {
  if (emulated_capability() < FIRST_WITH_TF32_AND_BF16 || call.a_type != R_32F) return Rounding::NONE;
  if (emulated_bf16x9()) return Rounding::BF16X9;
  if (int override = emulated_tf32_override()) return override > 0 ? Rounding::TF32 : Rounding::NONE;
  if (call.compute == COMPUTE_32F_FAST_16BF) return Rounding::BF16;
  if (call.compute == COMPUTE_32F_FAST_TF32) return Rounding::TF32;
  bool tf32_mode = (handle.math & ~DISALLOW_REDUCED_PRECISION_REDUCTION) == TF32_TENSOR_OP_MATH;
  return call.compute == COMPUTE_32F && tf32_mode ? Rounding::TF32 : Rounding::NONE;
}

void check_memory(const Call& call) {
  if (call.rows == 0 || call.columns == 0 || call.count == 0) return;
  bool a_turned = call.a_operation != 0, b_turned = call.b_operation != 0;
  if (call.terms > 0) {
    require_device_range(call.function, "A", call.a,
                         extent(call.a_type, a_turned ? call.terms : call.rows, a_turned ? call.rows : call.terms,
                                call.a_leading, call.a_stride, call.count));
    require_device_range(call.function, "B", call.b,
                         extent(call.b_type, b_turned ? call.columns : call.terms,
                                b_turned ? call.terms : call.columns, call.b_leading, call.b_stride, call.count));
  }
  require_device_range(call.function, "C", call.c,
                       extent(call.c_type, call.rows, call.columns, call.c_leading, call.c_stride, call.count));
}

template <class T>
T* moved(T* start, int type, long long elements) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return reinterpret_cast<Byte*>(start) + elements * static_cast<long long>(bytes_of(type));
}

void run_product(Handle& handle, const Call& call) {
  check_arguments(call);
  check_types(call);
  check_memory(call);
  Product product{call.rows,
                  call.columns,
                  call.terms,
                  {call.a, element_of(call.a_type), call.a_operation != 0, call.a_leading},
                  {call.b, element_of(call.b_type), call.b_operation != 0, call.b_leading},
                  call.c,
                  element_of(call.c_type),
                  call.c_leading,
                  rounding_of(handle, call),
                  handle.atomics && handle.calls++ % 2 == 1};
  auto alpha = static_cast<const float*>(call.alpha), beta = static_cast<const float*>(call.beta);
  bool on_device = handle.device_scalars;
  if (on_device) {
    require_device_range(call.function, "alpha", alpha, sizeof(float));
    require_device_range(call.function, "beta", beta, sizeof(float));
  }
  // Scalars of the host are read now, those of the device when the stream gets there.
  float alpha_now = on_device ? 0.0f : *alpha, beta_now = on_device ? 0.0f : *beta;
  enqueue_blas(handle, [=] {
    for (int i = 0; i < call.count; i++) {
      Product one = product;
      one.a.start = moved(call.a, call.a_type, call.a_stride * i);
      one.b.start = moved(call.b, call.b_type, call.b_stride * i);
      one.c = moved(call.c, call.c_type, call.c_stride * i);
      multiply(one, on_device ? *alpha : alpha_now, on_device ? *beta : beta_now);
    }
  });
}

}  // namespace

CUBLAS_API cublasSgemm_v2(void* handle, int a_operation, int b_operation, int m, int n, int k, const float* alpha,
                          const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  return with_handle(handle, [&](Handle& h) {
    run_product(h, {"cublasSgemm", a_operation, b_operation, m, n, k, alpha, a, R_32F, lda, 0, b, R_32F, ldb, 0, beta,
                    c, R_32F, ldc, 0, 1, COMPUTE_32F});
  });
}

CUBLAS_API cublasSgemmStridedBatched(void* handle, int a_operation, int b_operation, int m, int n, int k,
                                     const float* alpha, const float* a, int lda, long long a_stride, const float* b,
                                     int ldb, long long b_stride, const float* beta, float* c, int ldc,
                                     long long c_stride, int count) {
  return with_handle(handle, [&](Handle& h) {
    run_product(h, {"cublasSgemmStridedBatched", a_operation, b_operation, m, n, k, alpha, a, R_32F, lda, a_stride, b,
                    R_32F, ldb, b_stride, beta, c, R_32F, ldc, c_stride, count, COMPUTE_32F});
  });
}

CUBLAS_API cublasGemmStridedBatchedEx(void* handle, int a_operation, int b_operation, int m, int n, int k,
                                      const void* alpha, const void* a, int a_type, int lda, long long a_stride,
                                      const void* b, int b_type, int ldb, long long b_stride, const void* beta,
                                      void* c, int c_type, int ldc, long long c_stride, int count, int compute,
                                      int algorithm) {
  return with_handle(handle, [&](Handle& h) {
    require_blas((algorithm >= -1 && algorithm <= 23) || (algorithm >= 99 && algorithm <= 115), INVALID_VALUE);
    run_product(h, {"cublasGemmEx", a_operation, b_operation, m, n, k, alpha, a, a_type, lda, a_stride, b, b_type, ldb,
                    b_stride, beta, c, c_type, ldc, c_stride, count, compute});
  });
}

CUBLAS_API cublasGemmEx(void* handle, int a_operation, int b_operation, int m, int n, int k, const void* alpha,
                        const void* a, int a_type, int lda, const void* b, int b_type, int ldb, const void* beta,
                        void* c, int c_type, int ldc, int compute, int algorithm) {
  return cublasGemmStridedBatchedEx(handle, a_operation, b_operation, m, n, k, alpha, a, a_type, lda, 0, b, b_type,
                                    ldb, 0, beta, c, c_type, ldc, 0, 1, compute, algorithm);
}

// y = alpha op(A) x + beta y, for adjacent elements: a product with one column.
CUBLAS_API cublasSgemv_v2(void* handle, int operation, int m, int n, const float* alpha, const float* a, int lda,
                          const float* x, int x_step, const float* beta, float* y, int y_step) {
  return with_handle(handle, [&](Handle& h) {
    require_blas(x_step != 0 && y_step != 0, INVALID_VALUE);
    if (x_step != 1 || y_step != 1) emulated_library_fault("cublasSgemv with a step other than 1 is not emulated");
    require_blas(x_step == 1 && y_step == 1, NOT_SUPPORTED);
    int rows = operation ? n : m, terms = operation ? m : n;
    run_product(h, {"cublasSgemv", operation, 0, rows, 1, terms, alpha, a, R_32F, lda, 0, x, R_32F,
                    std::max(1, terms), 0, beta, y, R_32F, std::max(1, rows), 0, 1, COMPUTE_32F});
  });
}
