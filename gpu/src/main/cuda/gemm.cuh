// Matrix products in canonical arithmetic: C[m][n] = op(A)[m][k] op(B)[k][n], all row-major and dense.
//
// Every element of C is one chain: acc = +0, then acc = fma(A[i][p], B[p][j], acc) for p = 0, 1, ..., k - 1, then the
// epilogue. Nothing is added for padding, and k is never split; tiles and panels only say which thread does it when.
// k may be 0. C must not overlap A or B. Pointers that an epilogue does not use may be null.
//
// Three forms (gemm/form.cuh) times four tiles. A launch has ceil(m / rows) * ceil(n / columns) blocks in one dimension,
// each of exactly as many threads as the table says:
//
//   tile      threads  a thread      terms a panel   for
//   128x128   256      8 x 8         8               outputs that fill the device: m n >= 128 * 128 * multiprocessors
//   64x64     128      8 x 4         16              middling outputs
//   32x32     128      4 x 2         64              small outputs
//   16x16     128      2 x 1         128             fewer outputs than the device has lanes; long k
//
// Design figures, from the compilers' reports and the code they make for sm_90; nothing here was measured on a device.
//
//                           128x128        64x64          32x32          16x16
//   shared memory, bytes    16896          17408          34816          33792
//   registers (PtxCompilerTest prints them: at most 128 for the first two, which are bound by them)
//   blocks a multiprocessor 2              4              2 or more      2 or more
//   flop a byte read        32             16             8              4
//   fma / reads of shared   16             10.7           5.3            2.7
//   bound                   issue          issue          issue          chain
//
//   128x128  a panel of A B^T is 664 instructions, 512 of them fma and some 45 only for rows that cannot be read 16 bytes
//            at a time: 83% of the peak at the most. Of A B and A^T B, whose terms go two by two, 78%. At that rate L2
//            has to deliver 1.7 TB/s to a device of 67 TFLOP/s.
//   64x64    a panel of A B^T is 760 instructions, 512 of them fma, some 90 only for such rows: 76%.
//   32x32    four terms, 32 fma, take 6 reads; a multiprocessor with one block needs 8 cycles a term.
//   16x16    four terms, 8 fma a warp, take 3 reads of shared memory: 4 cycles a term, which is the latency of the chain.
//            A panel lasts 512 cycles or more, about a read from memory, and is asked for that long before it is needed.
//            64 x 10 x 4096: 4 blocks, 16384 cycles and 32 panels' hand-over of some 100 cycles each.
#pragma once

#include "gemm/chain_tile.cuh"
#include "gemm/outer_tile.cuh"

using Tile128x128 = OuterTile<128, 128, 2, 2, 8>;
using Tile64x64 = OuterTile<64, 64, 2, 1, 16>;
using Tile32x32 = ChainTile<4, 2, 64>;
using Tile16x16 = ChainTile<2, 1, 128>;

#define GEMM(form, FORM, tile, blocks)                                                                              \
  extern "C" __global__ void __launch_bounds__(Tile##tile::BLOCK_THREADS, blocks)                                    \
      gemm_##form##_##tile(float* c, const float* a, const float* b, int m, int n, int k, int epilogue,              \
                           const float* operand, float rate, const StepState* state) {                               \
    if (epilogue == EPILOGUE_SGD && has_stopped(state)) return;                                                      \
    Tile##tile::run<Form::FORM>(c, a, b, m, n, k, Epilogue{epilogue, operand, rate});                                \
  }
#define GEMMS(tile, blocks)   \
  GEMM(ab, AB, tile, blocks)  \
  GEMM(abt, ABT, tile, blocks) \
  GEMM(atb, ATB, tile, blocks)

GEMMS(128x128, 2)
GEMMS(64x64, 4)
GEMMS(32x32, 2)
GEMMS(16x16, 2)

#undef GEMMS
#undef GEMM
