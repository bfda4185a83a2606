// The panels of an operand of which every term is there: what a product spends its time on.
#pragma once

#include "panel.cuh"

// How four neighbours of a row are read.
enum class Reads {
  QUADS,   // 16 bytes at once: every row begins at a multiple of 16 bytes
  SINGLES  // 4 bytes at a time
};

// One such panel after another, from term 0 on. Nothing is left to check along k, the edge of the matrix is found once,
// and the next panel is a step of a pointer away.
template <class Operand, Reads READS>
struct WholePanels {
  using Numbers = typename Operand::Numbers;
  static constexpr bool ALONG_K = Operand::RUNS_ALONG_K;

  const float* start[Numbers::QUADS];  // of a thread's quads in the next panel
  long long stride;                    // from one panel to the next
  int inside;                          // how many numbers of a quad are in the matrix; the others are anything

  // From row of A or column of B `first` on, for a thread that holds these numbers.
  __device__ __forceinline__ WholePanels(const Matrix& matrix, const Numbers& numbers, int first) {
    int row = numbers.row + (ALONG_K ? first : 0), column = numbers.column + (ALONG_K ? 0 : first);
    stride = ALONG_K ? Operand::TERMS : static_cast<long long>(Operand::TERMS) * matrix.columns;
    inside = ALONG_K ? 4 : matrix.columns - column;
    if (!ALONG_K && READS == Reads::QUADS) column = min(column, matrix.columns - 4);
#pragma unroll
    for (int q = 0; q < Numbers::QUADS; q++) {
      int i = row + q * Numbers::STEP;
      if (ALONG_K) i = min(i, matrix.rows - 1);
      start[q] = matrix.data + (static_cast<long long>(i) * matrix.columns + column);
    }
  }

  __device__ __forceinline__ void load(Numbers& numbers) {
#pragma unroll
    for (int q = 0; q < Numbers::QUADS; q++) {
      numbers.quads[q] = quad(start[q]);
      start[q] += stride;
    }
  }

 private:
  __device__ __forceinline__ float4 quad(const float* at) const {
    if (READS == Reads::QUADS) return __ldg(reinterpret_cast<const float4*>(at));
    return make_float4(number(at, 0), number(at, 1), number(at, 2), number(at, 3));
  }

  __device__ __forceinline__ float number(const float* at, int e) const {
    return ALONG_K || e < inside ? __ldg(at + e) : 0.0f;
  }
};
