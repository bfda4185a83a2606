// Softmax cross-entropy and its gradient.
#pragma once

#include "elementary.cuh"
#include "state.cuh"

constexpr unsigned WHOLE_WARP = 0xffffffffu;

// For each row i of logits[rows][classes], with m the largest logit, e_c = exp(z_c - m) and s = e_0 + e_1 + ...:
//   delta[i][c] = (e_c / s - (c == labels[i])) * (1 / rows)
//   row_loss[slot][i] = log(s) - (z_label - m)
// row_loss is a ring of `slots` rows; the slot is that of the step. A loss that is not finite marks the step in the state,
// if there is one; the least step that did so stays.
//
// A warp a row, any number of blocks. m and s are folded in ascending order of c, s from +0. The exponentials are spread
// over the lanes; then every lane folds the whole row by itself, all reading the same address at a time, which costs one
// load for the warp and needs no exchange.
extern "C" __global__ void __launch_bounds__(THREADS)
    cross_entropy(const float* logits, const int* labels, float* row_loss, float* delta, int rows, int classes,
                  int slots, StepState* state) {
  int lane = threadIdx.x % warpSize;
  unsigned long long step = step_of(state);
  float* losses = row_loss + static_cast<long long>(step % slots) * rows;
  float scale = __fdiv_rn(1.0f, __int2float_rn(rows));

  for (long long row = thread_in_grid() / warpSize; row < rows; row += threads_in_grid() / warpSize) {
    const float* z = logits + row * classes;
    float* d = delta + row * classes;
    float max = z[0];
#pragma unroll 8
    for (int c = 1; c < classes; c++) max = z[c] > max ? z[c] : max;

    for (int c = lane; c < classes; c += warpSize) d[c] = canonical_exp(__fsub_rn(z[c], max));
    __syncwarp(WHOLE_WARP);
    float sum = 0.0f;
#pragma unroll 8
    for (int c = 0; c < classes; c++) sum = __fadd_rn(sum, d[c]);
    __syncwarp(WHOLE_WARP);

    int label = labels[row];
    for (int c = lane; c < classes; c += warpSize) {
      float target = c == label ? 1.0f : 0.0f;
      d[c] = __fmul_rn(__fsub_rn(__fdiv_rn(d[c], sum), target), scale);
    }
    if (lane == 0) {
      float loss = __fsub_rn(canonical_log(sum), __fsub_rn(z[label], max));
      losses[row] = loss;
      if (state != nullptr && !is_finite(loss)) atomicMin(&state->stopped, step);
    }
  }
}
