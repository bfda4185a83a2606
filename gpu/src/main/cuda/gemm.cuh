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
//   bound                   issue          issue          shared memory  shared memory, chain
//
//   A read of 16 bytes a lane takes shared memory two cycles (gemm/panel.cuh). The reads of a term then take 64
//   cycles where a block's fma take 128 with 128x128, 24 to 32 with 64x64, but 12 to 8 with 32x32 and 6 to 2 with 16x16.
//
//   fma among the instructions of a panel, which is the share of the peak at the most. InstructionMixTest counts them,
//   prints these figures and holds the kernels to them. By 4 bytes, here in the worst form, are read operands of which not
//   every row begins at a multiple of 16. With no instructions but fma and reads of shared memory, the last line is left.
//
//                           128x128                64x64
//   A B                     512 of 566: 90.5%      512 of 592: 86.5%
//   A B^T                   512 of 571: 89.7%      512 of 603: 84.9%
//   A^T B                   512 of 559: 91.6%      512 of 581: 88.1%
//   by 4 bytes              512 of 582: 88.0%      512 of 637: 80.4%
//   no others               512 of 544: 94.1%      512 of 560: 91.4%
//
//   128x128  at that rate L2 has to deliver 1.9 TB/s to a device of 67 TFLOP/s. With two blocks on a multiprocessor a panel
//            lasts 2240 cycles or more; the next one is asked for at its start and needed after three quarters of it.
//   32x32    64 x 1024 x 1024: 64 blocks, 12288 cycles and 16 panels' hand-over of some 100 cycles each, 8 us at 1.7 GHz.
//            The peak of 132 multiprocessors, which such an output cannot keep busy without splitting k, would take 2 us.
//   16x16    the chain alone takes 4 cycles a term. A panel lasts 768 cycles or more, about a read from memory, and is
//            asked for that long before it is needed. 64 x 10 x 4096: 4 blocks, 24576 cycles and 32 panels' hand-over,
//            1.7 times the 16384 cycles of the chain.
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
                           int activation, const float* operand, float rate, const StepState* state) {               \
    if (epilogue == EPILOGUE_SGD && has_stopped(state)) return;                                                      \
    Tile##tile::run<Form::FORM>(c, a, b, m, n, k, Epilogue{epilogue, activation, operand, rate});                    \
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
