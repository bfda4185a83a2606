// Tiles of C for small outputs with many terms, where the time of a sum is the time of its chain: 4 cycles a term, the
// latency of an fma, whatever else the device could do meanwhile. A thread has few chains and reads four terms at a time.
#pragma once

#include "../epilogue.cuh"
#include "form.cuh"
#include "panel.cuh"
#include "raster.cuh"

// A tile of 8 ROWS_EACH x 16 COLUMNS_EACH by 2 x 2 warps; a thread's rows are 4 apart, its columns 8.
template <int ROWS_EACH, int COLUMNS_EACH, int DEPTH>
struct ChainTile {
  static constexpr int BLOCK_THREADS = 128;
  static constexpr int ROWS = 8 * ROWS_EACH, COLUMNS = 16 * COLUMNS_EACH;
  static constexpr int UNROLL = 4;

  struct Place {
    int row, column;

    __device__ __forceinline__ Place() {
      Lane lane;
      int warp = threadIdx.x / 32;
      row = warp / 2 * (ROWS / 2) + lane.row;
      column = warp % 2 * (COLUMNS / 2) + lane.column;
    }
  };

  // The sums of one thread, a column together.
  struct Sums {
    float c[COLUMNS_EACH][ROWS_EACH];

    __device__ __forceinline__ Sums() {
#pragma unroll
      for (int i = 0; i < ROWS_EACH * COLUMNS_EACH; i++) (&c[0][0])[i] = 0.0f;
    }

    __device__ __forceinline__ void add(const float (&left)[ROWS_EACH], const float (&right)[COLUMNS_EACH]) {
#pragma unroll
      for (int j = 0; j < COLUMNS_EACH; j++) {
#pragma unroll
        for (int i = 0; i < ROWS_EACH; i++) c[j][i] = __fmaf_rn(left[i], right[j], c[j][i]);
      }
    }
  };

  // Four terms of a thread's rows or columns, which lie STEP numbers apart.
  template <int COUNT, int STEP>
  struct FourTerms {
    float term[4][COUNT];

    __device__ __forceinline__ void read(const float* panel) {
#pragma unroll
      for (int i = 0; i < COUNT; i++) {
        float4 quad = *reinterpret_cast<const float4*>(&panel[i * STEP]);
        term[0][i] = quad.x;
        term[1][i] = quad.y;
        term[2][i] = quad.z;
        term[3][i] = quad.w;
      }
    }
  };

  // Terms 0 to 4 * quads - 1 of a panel; left and right come with the first four, and leave with the next four. Those are
  // read while the present four are computed with; behind the last stand the four numbers that pad a row.
  template <int UNROLL, class Left, class Right>
  static __device__ __forceinline__ void add_quads(Sums& sums, Left& left, Right& right, const float* a, const float* b,
                                                   int quads) {
#pragma unroll UNROLL
    for (int q = 1; q <= quads; q++) {
      Left next_left;
      Right next_right;
      next_left.read(a + 4 * q);
      next_right.read(b + 4 * q);
#pragma unroll
      for (int t = 0; t < 4; t++) sums.add(left.term[t], right.term[t]);
      left = next_left;
      right = next_right;
    }
  }

  template <Form FORM>
  static __device__ __forceinline__ void run(float* c, const float* a, const float* b, int m, int n, int k,
                                             const Epilogue& epilogue) {
    using PanelA = OperandPanel<ROWS, DEPTH, A_RUNS_ALONG_K<FORM>, true, BLOCK_THREADS>;
    using PanelB = OperandPanel<COLUMNS, DEPTH, B_RUNS_ALONG_K<FORM>, true, BLOCK_THREADS>;
    constexpr int BUFFER = PanelA::NUMBERS + PanelB::NUMBERS;
    __shared__ __align__(16) float shared[2 * BUFFER];

    Raster tile(m, n, ROWS, COLUMNS);
    Place place;
    Sums sums;
    Matrix left = PanelA::matrix(a, m, k), right = PanelB::matrix(b, n, k);
    int from_a = place.row * PanelA::PITCH, from_b = PanelA::NUMBERS + place.column * PanelB::PITCH;
    FourTerms<ROWS_EACH, 4 * PanelA::PITCH> l;
    FourTerms<COLUMNS_EACH, 8 * PanelB::PITCH> r;
    PanelA next_a;
    PanelB next_b;
    float* present = shared;
    // Buffers and barrier as in the outer tile.
    for (int p = 0; p < k; p += DEPTH) {
      next_a.load(left, tile.row, p);
      next_b.load(right, tile.column, p);
      if (p > 0) add_quads<UNROLL>(sums, l, r, present + from_a, present + from_b, DEPTH / 4);
      present = present == shared ? shared + BUFFER : shared;
      next_a.numbers.store(present);
      next_b.numbers.store(present + PanelA::NUMBERS);
      __syncthreads();
      l.read(present + from_a);
      r.read(present + from_b);
    }
    // The last panel: four terms at a time while there are four, then one by one, and only those that there are. One more,
    // even of zeros, would turn a sum of -0 into +0.
    int rest = k > 0 ? (k - 1) % DEPTH + 1 : 0;
    add_quads<2>(sums, l, r, present + from_a, present + from_b, rest / 4);
#pragma unroll
    for (int t = 0; t < 3; t++) {
      if (t < rest % 4) sums.add(l.term[t], r.term[t]);
    }
#pragma unroll
    for (int j = 0; j < COLUMNS_EACH; j++) {
      epilogue.apply(c, m, n, tile.row + place.row, 4, tile.column + place.column + 8 * j, sums.c[j]);
    }
  }
};
