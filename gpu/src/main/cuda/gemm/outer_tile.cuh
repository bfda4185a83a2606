// Tiles of C for large outputs: a thread holds 4 x 4 blocks of C and, for each term, adds the outer product of a column of
// A and a row of B.
#pragma once

#include "../epilogue.cuh"
#include "form.cuh"
#include "panel.cuh"
#include "raster.cuh"

// A tile of ROWS x COLUMNS. A thread's share is ROW_QUADS x COLUMN_QUADS blocks of 4 x 4, spread over the tile, so that
// the lanes of a warp read neighbouring groups of four from shared memory.
template <int ROWS, int COLUMNS, int ROW_QUADS, int COLUMN_QUADS, int DEPTH>
struct OuterTile {
  static constexpr int WARP_ROWS = ROWS / ROW_QUADS / 16, WARP_COLUMNS = COLUMNS / COLUMN_QUADS / 32;
  static constexpr int BLOCK_THREADS = 32 * WARP_ROWS * WARP_COLUMNS;
  static constexpr int ROW_STRIDE = ROWS / ROW_QUADS, COLUMN_STRIDE = COLUMNS / COLUMN_QUADS;

  // Where a thread's blocks begin: its first one, and each further one a stride on.
  struct Place {
    int row, column;

    __device__ __forceinline__ Place() {
      Lane lane;
      int warp = threadIdx.x / 32;
      row = 4 * (warp / WARP_COLUMNS * 4 + lane.row);
      column = 4 * (warp % WARP_COLUMNS * 8 + lane.column);
    }
  };

  // The sums of one thread.
  struct Sums {
    float c[ROW_QUADS][4][COLUMN_QUADS][4];

    __device__ __forceinline__ Sums() {
#pragma unroll
      for (int i = 0; i < 16 * ROW_QUADS * COLUMN_QUADS; i++) (&c[0][0][0][0])[i] = 0.0f;
    }

    // One term of every sum.
    __device__ __forceinline__ void add(const float* a, const float* b) {
      float4 left[ROW_QUADS], right[COLUMN_QUADS];
#pragma unroll
      for (int r = 0; r < ROW_QUADS; r++) left[r] = *reinterpret_cast<const float4*>(&a[r * ROW_STRIDE]);
#pragma unroll
      for (int q = 0; q < COLUMN_QUADS; q++) right[q] = *reinterpret_cast<const float4*>(&b[q * COLUMN_STRIDE]);
#pragma unroll
      for (int r = 0; r < ROW_QUADS; r++) {
        add_row(c[r][0], left[r].x, right);
        add_row(c[r][1], left[r].y, right);
        add_row(c[r][2], left[r].z, right);
        add_row(c[r][3], left[r].w, right);
      }
    }

    static __device__ __forceinline__ void add_row(float (&row)[COLUMN_QUADS][4], float left,
                                                   const float4 (&right)[COLUMN_QUADS]) {
#pragma unroll
      for (int q = 0; q < COLUMN_QUADS; q++) {
        row[q][0] = __fmaf_rn(left, right[q].x, row[q][0]);
        row[q][1] = __fmaf_rn(left, right[q].y, row[q][1]);
        row[q][2] = __fmaf_rn(left, right[q].z, row[q][2]);
        row[q][3] = __fmaf_rn(left, right[q].w, row[q][3]);
      }
    }
  };

  // The epilogue takes the sums from shared memory, one row of each block at a time: there a warp's numbers are
  // neighbours in C, and its code stands once, not once a sum.
  struct Slices {
    static constexpr int PITCH = COLUMNS + 16;  // 16 banks on, where the other half of a group of eight lanes writes
    static constexpr int HEIGHT = 4 * WARP_ROWS;
    static constexpr int NUMBERS = HEIGHT * PITCH;
    static constexpr int STEP = BLOCK_THREADS / COLUMNS;
    static constexpr int BATCH = 4;  // numbers that a thread has under way at once
    static_assert(BLOCK_THREADS % COLUMNS == 0, "a thread stays in its column");
    static_assert(HEIGHT % (STEP * BATCH) == 0, "batches are whole");

    static __device__ __forceinline__ void store(const Sums& sums, const Epilogue& epilogue, float* shared, float* c,
                                                 int m, int n, const Raster& tile) {
      Place place;
      int column = threadIdx.x % COLUMNS;
#pragma unroll 1
      for (int slice = 0; slice < 4 * ROW_QUADS; slice++) {
        __syncthreads();
#pragma unroll
        for (int s = 0; s < 4 * ROW_QUADS; s++) {
          if (s != slice) continue;  // registers cannot be indexed
#pragma unroll
          for (int q = 0; q < COLUMN_QUADS; q++) {
            const float* sum = sums.c[s / 4][s % 4][q];
            float* at = &shared[place.row / 4 * PITCH + place.column + q * COLUMN_STRIDE];
            *reinterpret_cast<float4*>(at) = make_float4(sum[0], sum[1], sum[2], sum[3]);
          }
        }
        __syncthreads();
        int row = tile.row + slice / 4 * ROW_STRIDE + slice % 4;
#pragma unroll 1
        for (int first = threadIdx.x / COLUMNS; first < HEIGHT; first += STEP * BATCH) {
          float finished[BATCH];
#pragma unroll
          for (int e = 0; e < BATCH; e++) finished[e] = shared[(first + e * STEP) * PITCH + column];
          epilogue.apply(c, m, n, row + 4 * first, 4 * STEP, tile.column + column, finished);
        }
      }
    }
  };

  template <Form FORM>
  static __device__ __forceinline__ void run(float* c, const float* a, const float* b, int m, int n, int k,
                                             const Epilogue& epilogue) {
    using PanelA = OperandPanel<ROWS, DEPTH, A_RUNS_ALONG_K<FORM>, false, BLOCK_THREADS>;
    using PanelB = OperandPanel<COLUMNS, DEPTH, B_RUNS_ALONG_K<FORM>, false, BLOCK_THREADS>;
    constexpr int BUFFER = PanelA::NUMBERS + PanelB::NUMBERS;
    // All terms of a panel in one stretch of code; but with 64 sums a thread, except for A B^T, two at a time: for sm_90 the
    // compiler in drivers of CUDA 12 would otherwise spill registers.
    [[maybe_unused]] constexpr int UNROLL = FORM == Form::ABT || ROW_QUADS * COLUMN_QUADS < 4 ? DEPTH : 2;
    static_assert(Slices::NUMBERS <= 2 * BUFFER, "the epilogue uses the panels' memory");
    __shared__ __align__(16) float shared[2 * BUFFER];

    Raster tile(m, n, ROWS, COLUMNS);
    Place place;
    Sums sums;
    Matrix left = PanelA::matrix(a, m, k), right = PanelB::matrix(b, n, k);
    PanelA next_a;
    PanelB next_b;
    float* present = shared;
    // A panel is asked for, the one before it is computed with, then it goes to the other buffer, which a thread may write
    // while its neighbours still read this one. The barrier keeps it from writing this one again before they have done so.
    for (int p = 0; p < k; p += DEPTH) {
      next_a.load(left, tile.row, p);
      next_b.load(right, tile.column, p);
      if (p > 0) {
#pragma unroll UNROLL
        for (int t = 0; t < DEPTH; t++) {
          sums.add(&present[t * PanelA::PITCH + place.row],
                   &present[PanelA::NUMBERS + t * PanelB::PITCH + place.column]);
        }
      }
      present = present == shared ? shared + BUFFER : shared;
      next_a.numbers.store(present);
      next_b.numbers.store(present + PanelA::NUMBERS);
      __syncthreads();
    }
    // The last panel: only terms that there are. One more, even of zeros, would turn a sum of -0 into +0.
    int rest = k > 0 ? (k - 1) % DEPTH + 1 : 0;
#pragma unroll 1
    for (int t = 0; t < rest; t++) {
      sums.add(&present[t * PanelA::PITCH + place.row], &present[PanelA::NUMBERS + t * PanelB::PITCH + place.column]);
    }
    Slices::store(sums, epilogue, shared, c, m, n, tile);
  }
};
