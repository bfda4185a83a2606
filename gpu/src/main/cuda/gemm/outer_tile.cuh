// Tiles of C for large outputs: a thread holds 4 x 4 blocks of C and, for each term, adds the outer product of a column of
// A and a row of B.
#pragma once

#include "../epilogue.cuh"
#include "form.cuh"
#include "raster.cuh"
#include "whole_panels.cuh"

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
      int warp = anew(threadIdx.x) / 32;
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

  // The panels of one form, A's and B's side by side in shared memory. There are two such buffers: while one is computed
  // with, the other is filled. The barrier behind each panel keeps a thread from writing what its neighbours still read.
  template <Form FORM>
  struct Panels {
    using A = OperandPanel<ROWS, DEPTH, A_RUNS_ALONG_K<FORM>, false, BLOCK_THREADS>;
    using B = OperandPanel<COLUMNS, DEPTH, B_RUNS_ALONG_K<FORM>, false, BLOCK_THREADS>;
    static constexpr int BUFFER = A::NUMBERS + B::NUMBERS;
    static_assert(Slices::NUMBERS <= 2 * BUFFER, "the epilogue uses the panels' memory");

    A a;
    B b;

    __device__ __forceinline__ void store(float* buffer) const {
      a.numbers.store(buffer);
      b.numbers.store(buffer + A::NUMBERS);
    }

    // Term t of the panels in a buffer.
    static __device__ __forceinline__ void add(Sums& sums, const float* buffer, int t, const Place& place) {
      sums.add(&buffer[t * A::PITCH + place.row], &buffer[A::NUMBERS + t * B::PITCH + place.column]);
    }

    // Of `count` whole panels all but the last, which is left in buffer (count - 1) % 2.
    template <Reads READS>
    static __device__ __forceinline__ void add_whole(Sums& sums, float* shared, const Matrix& left, const Matrix& right,
                                                     const Raster& tile, int count) {
      Place place;
      Panels next;
      WholePanels<A, READS> whole_a(left, next.a.numbers, tile.row);
      WholePanels<B, READS> whole_b(right, next.b.numbers, tile.column);
      whole_a.load(next.a.numbers);
      whole_b.load(next.b.numbers);
      next.store(shared);
      __syncthreads();
      float *present = shared, *other = shared + BUFFER;
#pragma unroll 1
      while (--count > 0) {
        whole_a.load(next.a.numbers);
        whole_b.load(next.b.numbers);
#pragma unroll
        for (int t = 0; t < DEPTH; t++) {
          // Not at the end: behind a store that might write what it reads, a compiler does not draw a read of shared memory
          // forward, and the terms before and after it share their registers. Those of CUDA 12 spill otherwise.
          if (t == DEPTH * 3 / 4) next.store(other);
          add(sums, present, t, place);
        }
        __syncthreads();
        float* past = present;
        present = other;
        other = past;
      }
    }
  };

  template <Form FORM>
  static __device__ __forceinline__ void run(float* c, const float* a, const float* b, int m, int n, int k,
                                             const Epilogue& epilogue) {
    using P = Panels<FORM>;
    __shared__ __align__(16) float shared[2 * P::BUFFER];

    Sums sums;
    int whole = k / DEPTH, rest = k % DEPTH;
    if (whole > 0) {
      Raster tile(m, n, ROWS, COLUMNS);
      Matrix left = P::A::matrix(a, m, k), right = P::B::matrix(b, n, k);
      if (left.wide && right.wide) {
        P::template add_whole<Reads::QUADS>(sums, shared, left, right, tile, whole);
      } else {
        P::template add_whole<Reads::SINGLES>(sums, shared, left, right, tile, whole);
      }
    }
    // The last whole panel, while what terms are left are on their way; and those, only as many as there are. One more,
    // even of zeros, would turn a sum of -0 into +0.
    Raster tile(m, n, ROWS, COLUMNS);
    Place place;
    P last;
    if (rest > 0) {
      last.a.load(P::A::matrix(a, m, k), tile.row, k - rest);
      last.b.load(P::B::matrix(b, n, k), tile.column, k - rest);
    }
    float* present = whole % 2 == 1 ? shared : shared + P::BUFFER;
#pragma unroll 1
    for (int t = 0; t < (whole > 0 ? DEPTH : 0); t++) P::add(sums, present, t, place);
    if (rest > 0) {
      present = whole % 2 == 0 ? shared : shared + P::BUFFER;
      last.store(present);
      __syncthreads();
#pragma unroll 1
      for (int t = 0; t < rest; t++) P::add(sums, present, t, place);
    }
    Slices::store(sums, epilogue, shared, c, m, n, tile);
  }
};
