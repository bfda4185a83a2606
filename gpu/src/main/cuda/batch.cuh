// The batch of a step, gathered from data that stay on the device.
#pragma once

#include "state.cuh"

// Row i of x[batch][inputs] and y[batch] is row p of features[rows][inputs] and labels[rows], where
// p = permutation[(step % steps_per_epoch) * batch + i].
//
// A block a row at a time, any number of blocks of 256 threads.
extern "C" __global__ void __launch_bounds__(THREADS)
    gather_batch(float* x, int* y, const float* features, const int* labels, const int* permutation, int batch,
                 int inputs, int steps_per_epoch, const StepState* state) {
  long long first = static_cast<long long>(step_of(state) % steps_per_epoch) * batch;
  for (long long i = blockIdx.x; i < batch; i += gridDim.x) {
    long long row = permutation[first + i];
    const float* from = features + row * inputs;
    float* to = x + i * inputs;
    for (int j = threadIdx.x; j < inputs; j += blockDim.x) to[j] = from[j];
    if (threadIdx.x == 0) y[i] = labels[row];
  }
}
