// Batch normalization of B x N products, column by column: a unit's statistics are those of its column.
//
// All are grid-stride loops over one-dimensional grids of 256 threads: any number of blocks computes the same.
#pragma once

#include "state.cuh"

__device__ __forceinline__ float inverse_deviation(float variance, float epsilon) {
  return __fdiv_rn(1.0f, __fsqrt_rn(__fadd_rn(variance, epsilon)));
}

// mean[j] and variance[j] of column j, whose rows are added in ascending order from +0.
extern "C" __global__ void __launch_bounds__(THREADS)
    batch_statistics(const float* x, float* mean, float* variance, int rows, int columns) {
  float count = static_cast<float>(rows);
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) {
    const float* at = x + j;
    float sum = 0.0f;
#pragma unroll 8
    for (int i = 0; i < rows; i++, at += columns) sum = __fadd_rn(sum, *at);
    float center = __fdiv_rn(sum, count);
    at = x + j;
    float squares = 0.0f;
#pragma unroll 8
    for (int i = 0; i < rows; i++, at += columns) {
      float distance = __fsub_rn(*at, center);
      squares = __fmaf_rn(distance, distance, squares);
    }
    mean[j] = center;
    variance[j] = __fdiv_rn(squares, count);
  }
}

// normal[i][j] = (x[i][j] - mean[j]) / sqrt(variance[j] + epsilon), scaled[i][j] = gain[j] normal[i][j]; count = rows *
// columns. normal may be x.
extern "C" __global__ void __launch_bounds__(THREADS)
    normalize(const float* x, const float* mean, const float* variance, const float* gain, float* normal, float* scaled,
              long long count, int columns, float epsilon) {
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) {
    int j = static_cast<int>(i % columns);
    float n = __fmul_rn(__fsub_rn(x[i], mean[j]), inverse_deviation(variance[j], epsilon));
    normal[i] = n;
    scaled[i] = __fmul_rn(gain[j], n);
  }
}

// The gradient of gain j: a chain of fma over the rows, in ascending order from +0.
extern "C" __global__ void __launch_bounds__(THREADS)
    gain_gradient(const float* delta, const float* normal, float* gradient, int rows, int columns) {
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) {
    float sum = 0.0f;
    long long at = j;
#pragma unroll 8
    for (int i = 0; i < rows; i++, at += columns) sum = __fmaf_rn(delta[at], normal[at], sum);
    gradient[j] = sum;
  }
}

// gradient[i][j] = (gain[j] q) (delta[i][j] - fma(normal[i][j], of_gain[j], sums[j]) / rows), q = 1 / sqrt(variance[j] +
// epsilon); sums are those of the columns of delta. gradient may be delta.
extern "C" __global__ void __launch_bounds__(THREADS)
    normalize_derivative(const float* delta, const float* normal, const float* variance, const float* gain,
                         const float* sums, const float* of_gain, float* gradient, int rows, int columns,
                         float epsilon) {
  float share = static_cast<float>(rows);
  long long count = static_cast<long long>(rows) * columns;
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) {
    int j = static_cast<int>(i % columns);
    float factor = __fmul_rn(gain[j], inverse_deviation(variance[j], epsilon));
    float common = __fdiv_rn(__fmaf_rn(normal[i], of_gain[j], sums[j]), share);
    gradient[i] = __fmul_rn(factor, __fsub_rn(delta[i], common));
  }
}

// Moves running statistics towards those of a batch by a share of the distance, unless training has stopped.
extern "C" __global__ void __launch_bounds__(THREADS)
    running_statistics(const float* mean, const float* variance, float* running_mean, float* running_variance,
                       int columns, float share, float unbiased, const StepState* state) {
  if (has_stopped(state)) return;
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) {
    float m = running_mean[j], v = running_variance[j];
    running_mean[j] = __fmaf_rn(share, __fsub_rn(mean[j], m), m);
    running_variance[j] = __fmaf_rn(share, __fsub_rn(__fmul_rn(variance[j], unbiased), v), v);
  }
}
