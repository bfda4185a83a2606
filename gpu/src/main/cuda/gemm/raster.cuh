// Which tile of C a block computes.
#pragma once

#include "anew.cuh"

// Blocks go down 16 rows of tiles before they go on to the next column. Blocks that run at the same time then form a
// near-square patch of C and share its rows of A and columns of B in the L2 cache: 264 blocks of 128 x 128, which is what
// a device of 132 multiprocessors holds, read 16 strips of A and 17 of B, where row by row they would read 8 and 32 or
// worse. (Design figures.)
struct Raster {
  static constexpr int GROUP = 16;

  int row, column;  // of the first element

  __device__ __forceinline__ Raster(int m, int n, int tile_rows, int tile_columns) {
    int rows = (m + tile_rows - 1) / tile_rows, columns = (n + tile_columns - 1) / tile_columns;
    int block = anew(blockIdx.x);
    int group = block / (GROUP * columns), in_group = block % (GROUP * columns);
    int height = min(rows - group * GROUP, GROUP);
    row = (group * GROUP + in_group % height) * tile_rows;
    column = in_group / height * tile_columns;
  }
};
