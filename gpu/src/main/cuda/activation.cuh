// Activations of one number and their derivatives. The codes are those that the host passes to kernels.
#pragma once

#include "elementary.cuh"

enum Activation { IDENTITY = 0, RELU = 1, TANH = 2 };

// f(z). A select, so that NaN passes.
__device__ __forceinline__ float activate(int activation, float z) {
  if (activation == RELU) return z <= 0.0f ? 0.0f : z;
  if (activation == TANH) return canonical_tanh(z);
  return z;
}

// dA f'(z), from the stored a = f(z).
__device__ __forceinline__ float derive(int activation, float upstream, float a) {
  if (activation == RELU) return a <= 0.0f ? 0.0f : upstream;
  if (activation == TANH) return __fmul_rn(upstream, __fmaf_rn(-a, a, 1.0f));
  return upstream;
}
