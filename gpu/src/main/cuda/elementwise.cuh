// Formulas of elements at the same place, and sums of products over rows.
//
// All are grid-stride loops over one-dimensional grids of 256 threads: any number of blocks computes the same.
#pragma once

#include "state.cuh"

// The codes that the host passes.
enum FormulaCode {
  FORMULA_DIFFERENCE = 0,    // a - b
  FORMULA_PRODUCT = 1,       // a b
  FORMULA_FMA = 2,           // fma(a, b, c)
  FORMULA_MULTIPLIED = 3,    // a k
  FORMULA_DIVIDED = 4,       // a / k
  FORMULA_INVERSE_ROOT = 5,  // 1 / sqrt(a + k)
  FORMULA_APPROACHED = 6     // fma(k, a - b, b)
};

__device__ __forceinline__ float evaluate(int formula, float k, float a, float b, float c) {
  switch (formula) {
    case FORMULA_DIFFERENCE: return __fsub_rn(a, b);
    case FORMULA_PRODUCT: return __fmul_rn(a, b);
    case FORMULA_FMA: return __fmaf_rn(a, b, c);
    case FORMULA_MULTIPLIED: return __fmul_rn(a, k);
    case FORMULA_DIVIDED: return __fdiv_rn(a, k);
    case FORMULA_INVERSE_ROOT: return __fdiv_rn(1.0f, __fsqrt_rn(__fadd_rn(a, k)));
    default: return __fmaf_rn(k, __fsub_rn(a, b), b);
  }
}

// result[i][j] = formula of a[i][j], b[i][j] and c[i][j], unless training has stopped. A stride is the distance between
// two rows of an operand: the number of columns, or 0 where one row stands for all. The result may be an operand of its
// size, since each element is read by the thread that writes it.
extern "C" __global__ void __launch_bounds__(THREADS)
    elementwise(int formula, float k, const float* a, int a_stride, const float* b, int b_stride, const float* c,
                int c_stride, float* result, int rows, int columns, const StepState* state) {
  if (has_stopped(state)) return;
  long long count = static_cast<long long>(rows) * columns;
  for (long long at = thread_in_grid(); at < count; at += threads_in_grid()) {
    long long i = at / columns, j = at % columns;
    result[at] = evaluate(formula, k, a[i * a_stride + j], b[i * b_stride + j], c[i * c_stride + j]);
  }
}

// sums[j] = chain of fma(a[i][j], b[i][j], sum), i ascending, from +0: a thread a column.
extern "C" __global__ void __launch_bounds__(THREADS)
    column_products(const float* a, const float* b, float* sums, int rows, int columns) {
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) {
    float sum = 0.0f;
    long long at = j;
#pragma unroll 8
    for (int i = 0; i < rows; i++, at += columns) sum = __fmaf_rn(a[at], b[at], sum);
    sums[j] = sum;
  }
}
