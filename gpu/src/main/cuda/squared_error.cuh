// Squared error and its gradient.
#pragma once

#include "elementary.cuh"
#include "state.cuh"

// For each row i of outputs[rows][classes], with y 1 for the label and 0 otherwise and d = outputs[i][c] - y:
//   delta[i][c] = d * (1 / rows)
//   row_loss[slot][i] = s / 2, s being fma(d, d, s) from +0 in ascending order of c
// row_loss and state are those of cross_entropy.cuh.
//
// A thread a row, any number of blocks: the sum of a row is one chain, and rows are as short as there are classes.
extern "C" __global__ void __launch_bounds__(THREADS)
    squared_error(const float* outputs, const int* labels, float* row_loss, float* delta, int rows, int classes,
                  int slots, StepState* state) {
  unsigned long long step = step_of(state);
  float* losses = row_loss + static_cast<long long>(step % slots) * rows;
  float scale = __fdiv_rn(1.0f, __int2float_rn(rows));
  for (long long row = thread_in_grid(); row < rows; row += threads_in_grid()) {
    const float* z = outputs + row * classes;
    float* d = delta + row * classes;
    float sum = 0.0f;
    for (int c = 0; c < classes; c++) {
      float distance = __fsub_rn(z[c], c == labels[row] ? 1.0f : 0.0f);
      sum = __fmaf_rn(distance, distance, sum);
      d[c] = __fmul_rn(distance, scale);
    }
    float loss = __fmul_rn(0.5f, sum);
    losses[row] = loss;
    if (state != nullptr && !is_finite(loss)) atomicMin(&state->stopped, step);
  }
}
