// Where training stands, in device memory: a captured graph reads from here what changes from step to step.
#pragma once

// Laid out as two 64-bit words, which the host writes and reads as such.
struct StepState {
  unsigned long long step;     // the step that runs, from 0
  unsigned long long stopped;  // the first step whose loss was not finite; all ones while there is none
};

constexpr int THREADS = 256;  // a block, in every kernel but the products

// Whether a loss was not finite in this step or before it: from then on updates change nothing. Every thread of a grid
// gets the same answer, since the flag is set by a kernel that ran before. No state: never.
__device__ __forceinline__ bool has_stopped(const StepState* state) {
  return state != nullptr && state->stopped <= state->step;
}

__device__ __forceinline__ unsigned long long step_of(const StepState* state) {
  return state == nullptr ? 0 : state->step;
}

// The number of the calling thread in its one-dimensional grid, and how many there are.
__device__ __forceinline__ long long thread_in_grid() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ long long threads_in_grid() {
  return static_cast<long long>(gridDim.x) * blockDim.x;
}

// One thread: the next step begins.
extern "C" __global__ void advance(StepState* state) {
  if (thread_in_grid() == 0) state->step += 1;
}
