// What a layer does beside its products: one pass over B x N numbers each, for where the product came from a library or
// is wanted by itself. The own products do the same in their epilogue.
//
// All are grid-stride loops over one-dimensional grids of 256 threads: any number of blocks computes the same.
#pragma once

#include "activation.cuh"
#include "epilogue.cuh"
#include "state.cuh"

// z[i][j] = z[i][j] + bias[j], a[i][j] = f(z[i][j]); count = rows * columns. a may be z, which then has f.
extern "C" __global__ void __launch_bounds__(THREADS)
    bias_activation(float* z, const float* bias, float* a, long long count, int columns, int activation) {
  long long stride = threads_in_grid();
  long long i = thread_in_grid();
  if (i >= count) return;
  // The column goes on by the same amount every time: one division before the loop instead of one in it.
  int column = static_cast<int>(i % columns), step = static_cast<int>(stride % columns);
  for (; i < count; i += stride) {
    float sum = __fadd_rn(z[i], bias[column]);
    if (a != z) z[i] = sum;
    a[i] = activate(activation, sum);
    column = column >= columns - step ? column - (columns - step) : column + step;
  }
}

// shifted[j] = bias[j] + noise[step mod slots][from + j]: what the host has put into a ring of rows of numbers for the
// step that runs.
extern "C" __global__ void __launch_bounds__(THREADS)
    shift_bias(float* shifted, const float* bias, const float* noise, int columns, int from, int stride, int slots,
               const StepState* state) {
  const float* row = noise + (step_of(state) % slots) * stride + from;
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) shifted[j] = __fadd_rn(bias[j], row[j]);
}

// upstream[i] = upstream[i] f'(z[i]), in place, from what is kept: z of GELU, else the stored activations a = f(z).
extern "C" __global__ void __launch_bounds__(THREADS)
    derivative(float* upstream, const float* kept, long long count, int activation) {
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) {
    upstream[i] = derive(activation, upstream[i], kept[i]);
  }
}

// sum[j] = delta[0][j] + delta[1][j] + ..., ascending from +0: the gradient of bias j. Epilogue STORE: sums[j] = sum;
// SGD: the sums are the biases themselves, sums[j] = fma(-rate, sum, sums[j]), unless training has stopped.
//
// A thread a column: neighbours read neighbouring numbers, and the loads run ahead of the additions, which alone have to
// wait for each other.
extern "C" __global__ void __launch_bounds__(THREADS)
    column_sums(const float* delta, float* sums, int rows, int columns, int epilogue, float rate,
                const StepState* state) {
  for (long long j = thread_in_grid(); j < columns; j += threads_in_grid()) {
    const float* at = delta + j;
    float sum = 0.0f;
#pragma unroll 8
    for (int i = 0; i < rows; i++, at += columns) sum = __fadd_rn(sum, *at);
    if (epilogue == EPILOGUE_SGD) {
      if (!has_stopped(state)) sums[j] = __fmaf_rn(-rate, sum, sums[j]);
    } else {
      sums[j] = sum;
    }
  }
}

// weights[i] = fma(-rate, gradient[i], weights[i]), unless training has stopped.
extern "C" __global__ void __launch_bounds__(THREADS)
    sgd(float* weights, const float* gradient, long long count, float rate, const StepState* state) {
  if (has_stopped(state)) return;
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) {
    weights[i] = __fmaf_rn(-rate, gradient[i], weights[i]);
  }
}
