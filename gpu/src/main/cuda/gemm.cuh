#pragma once
#include "epilogue.cuh"

enum class Form { AB, ABT, ATB };

template <Form FORM, int ROWS, int COLUMNS, int BLOCK_THREADS>
__device__ __forceinline__ void gemm(float* c, const float* a, const float* b, int m, int n, int k, Epilogue epilogue,
                                     const StepState* state) {
  if (epilogue.code == EPILOGUE_SGD && has_stopped(state)) return;
  int columns = (n + COLUMNS - 1) / COLUMNS;
  int row = blockIdx.x / columns * ROWS, column = blockIdx.x % columns * COLUMNS;
  for (int e = threadIdx.x; e < ROWS * COLUMNS; e += BLOCK_THREADS) {
    int i = row + e / COLUMNS, j = column + e % COLUMNS;
    if (i >= m || j >= n) continue;
    float sum = 0.0f;
    for (long long p = 0; p < k; p++) {
      float left = FORM == Form::ATB ? a[p * m + i] : a[static_cast<long long>(i) * k + p];
      float right = FORM == Form::ABT ? b[static_cast<long long>(j) * k + p] : b[p * n + j];
      sum = __fmaf_rn(left, right, sum);
    }
    epilogue.apply(c, static_cast<long long>(i) * n + j, j, sum);
  }
}

#define GEMM(name, form, rows, columns, threads)                                                                    \
  extern "C" __global__ void __launch_bounds__(threads)                                                              \
      name(float* c, const float* a, const float* b, int m, int n, int k, int epilogue, const float* operand,         \
           float rate, const StepState* state) {                                                                     \
    gemm<form, rows, columns, threads>(c, a, b, m, n, k, Epilogue{epilogue, operand, rate}, state);                    \
  }
#define GEMMS(rows, columns, threads)                                          \
  GEMM(gemm_ab_##rows##x##columns, Form::AB, rows, columns, threads)           \
  GEMM(gemm_abt_##rows##x##columns, Form::ABT, rows, columns, threads)         \
  GEMM(gemm_atb_##rows##x##columns, Form::ATB, rows, columns, threads)

GEMMS(128, 128, 256)
GEMMS(64, 64, 128)
GEMMS(32, 32, 128)
GEMMS(16, 16, 128)
