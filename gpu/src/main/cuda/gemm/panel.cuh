// A piece of an operand on its way from global to shared memory, through registers: the loads of the next piece are under
// way while the present one is computed with.
#pragma once

#include "anew.cuh"

// A dense row-major matrix in global memory, not empty.
struct Matrix {
  const float* data;
  int rows, columns;
  bool wide;  // four neighbours can be read at once: every row begins at a multiple of 16 bytes

  __device__ __forceinline__ Matrix(const float* data, int rows, int columns)
      : data(data),
        rows(rows),
        columns(columns),
        wide(columns % 4 == 0 && reinterpret_cast<unsigned long long>(data) % 16 == 0) {}

  // Four neighbours in a row; outside the matrix stands anything, which no sum may use. `wide` is the same for all threads,
  // and what is inside the matrix is the same either way.
  __device__ __forceinline__ float4 quad(int row, int column) const {
    const float* start = data + static_cast<long long>(min(row, rows - 1)) * columns;
    if (wide) return __ldg(reinterpret_cast<const float4*>(start + min(column, columns - 4)));
    return make_float4(number(start, column), number(start, column + 1), number(start, column + 2),
                       number(start, column + 3));
  }

 private:
  __device__ __forceinline__ float number(const float* row, int column) const {
    return column < columns ? __ldg(row + column) : 0.0f;
  }
};

enum class Layout {
  AS_STORED,  // shared[row][column]
  TRANSPOSED  // shared[column][row]
};

// ROWS x COLUMNS numbers of a matrix, each thread holding QUADS times four neighbours of a row: in the same columns, STEP
// rows apart.
//
// In shared memory a row is PITCH numbers apart from the next: four more than it holds. Rows stay aligned to 16 bytes, and
// no two lanes of a warp meet in a bank:
//   AS_STORED   a lane writes 16 bytes, neighbouring lanes neighbouring ones;
//   TRANSPOSED  a lane writes four single numbers. The warp covers 2 quads x 16 rows: its 32 bytes of each row are a
//               whole sector of global memory, and the two quads lie 4 * PITCH = 16 (mod 32) banks apart.
template <int ROWS, int COLUMNS, Layout LAYOUT, int BLOCK_THREADS>
struct Panel {
  static constexpr int QUADS = ROWS * COLUMNS / 4 / BLOCK_THREADS;
  static constexpr int STEP = 4 * BLOCK_THREADS / COLUMNS;
  static constexpr int PITCH = (LAYOUT == Layout::AS_STORED ? COLUMNS : ROWS) + 4;
  static constexpr int NUMBERS = (LAYOUT == Layout::AS_STORED ? ROWS : COLUMNS) * PITCH;
  static_assert(QUADS * 4 * BLOCK_THREADS == ROWS * COLUMNS, "every thread holds as much");
  static_assert(STEP * COLUMNS == 4 * BLOCK_THREADS, "the next quad of a thread is in the same columns");
  static_assert(LAYOUT == Layout::AS_STORED || (ROWS % 16 == 0 && COLUMNS % 8 == 0), "warps of 16 x 8");

  float4 quads[QUADS];
  int row, column;  // of the first of them, in the panel

  __device__ __forceinline__ Panel() {
    int thread = anew(threadIdx.x);
    if (LAYOUT == Layout::AS_STORED) {
      row = thread / (COLUMNS / 4);
      column = 4 * (thread % (COLUMNS / 4));
    } else {
      int warp = thread / 32;
      row = thread % 32 / 2 + 16 * (warp / (COLUMNS / 8));
      column = 4 * (thread % 2 + 2 * (warp % (COLUMNS / 8)));
    }
  }

  // From this row and column of the matrix on.
  __device__ __forceinline__ void load(const Matrix& matrix, int first_row, int first_column) {
    int i = anew(first_row + row), j = anew(first_column + column);
#pragma unroll
    for (int q = 0; q < QUADS; q++) quads[q] = matrix.quad(i + q * STEP, j);
  }

  __device__ __forceinline__ void store(float* shared) const {
#pragma unroll
    for (int q = 0; q < QUADS; q++) {
      int i = row + q * STEP;
      if (LAYOUT == Layout::AS_STORED) {
        *reinterpret_cast<float4*>(&shared[i * PITCH + column]) = quads[q];
      } else {
        shared[(column + 0) * PITCH + i] = quads[q].x;
        shared[(column + 1) * PITCH + i] = quads[q].y;
        shared[(column + 2) * PITCH + i] = quads[q].z;
        shared[(column + 3) * PITCH + i] = quads[q].w;
      }
    }
  }
};

// The panel of one operand: EXTENT rows of A or columns of B, DEPTH terms.
//
// In shared memory it lies [term][row of A or column of B] or, if SHARED_ALONG_K, the other way round.
template <int EXTENT, int DEPTH, bool ALONG_K, bool SHARED_ALONG_K, int BLOCK_THREADS>
struct OperandPanel {
  using Numbers = Panel<ALONG_K ? EXTENT : DEPTH, ALONG_K ? DEPTH : EXTENT,
                        ALONG_K == SHARED_ALONG_K ? Layout::AS_STORED : Layout::TRANSPOSED, BLOCK_THREADS>;
  static constexpr bool RUNS_ALONG_K = ALONG_K;
  static constexpr int TERMS = DEPTH;
  static constexpr int PITCH = Numbers::PITCH;
  static constexpr int NUMBERS = Numbers::NUMBERS;

  Numbers numbers;

  static __device__ __forceinline__ Matrix matrix(const float* data, int extent, int k) {
    return ALONG_K ? Matrix(data, extent, k) : Matrix(data, k, extent);
  }

  // From the first row of A or column of B, and from term p on.
  __device__ __forceinline__ void load(const Matrix& matrix, int first, int p) {
    numbers.load(matrix, ALONG_K ? first : p, ALONG_K ? p : first);
  }
};

// A lane's place in its warp of 4 x 8. Shared memory returns 128 bytes a cycle, so that 16 bytes a lane take four cycles;
// two where lane l reads what lane l ^ 1 reads, or each what l ^ 2 reads (said for compute capability 7.x by NVIDIA,
// https://forums.developer.nvidia.com/t/77228). In this order the columns are equal in pairs of the first kind, the rows in
// pairs of the second.
struct Lane {
  int row, column;

  __device__ __forceinline__ Lane() {
    int lane = anew(threadIdx.x) % 32;
    row = lane / 16 * 2 + lane % 2;
    column = lane / 2 % 8;
  }
};
