// binary32 to bfloat16, by integer operations: the instruction that does it needs compute capability 8.0.
#pragma once

#include "elementary.cuh"
#include "state.cuh"

constexpr unsigned short BFLOAT16_NAN = 0x7fc0;

// The upper half of the bits, rounded to nearest even; a carry out of the largest number gives infinity.
__device__ __forceinline__ unsigned short bfloat16(float x) {
  unsigned bits = __float_as_uint(x);
  unsigned odd = (bits >> 16) & 1u;
  return is_nan(x) ? BFLOAT16_NAN : static_cast<unsigned short>((bits + 0x7fffu + odd) >> 16);
}

// target[i] = source[i] as bfloat16; every NaN becomes 0x7fc0.
extern "C" __global__ void __launch_bounds__(THREADS)
    round_to_bfloat16(unsigned short* target, const float* source, long long count) {
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) target[i] = bfloat16(source[i]);
}
