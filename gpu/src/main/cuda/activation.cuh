// Activations of one number and their derivatives. The codes are those that the host passes to kernels.
#pragma once

#include "elementary.cuh"

enum Activation { IDENTITY = 0, RELU = 1, LEAKY_RELU = 2, TANH = 3, SIGMOID = 4, GELU = 5 };

// dev.lockstep.model.Activation.LEAKY_SLOPE.
constexpr float LEAKY_SLOPE = 0.01f;

// f(z) of those that a product computes with what its registers have room for beside the sums: all but sigmoid and GELU.
// Selects, so that NaN passes.
__device__ __forceinline__ float activate_sum(int activation, float z) {
  if (activation == RELU) return z <= 0.0f ? 0.0f : z;
  if (activation == LEAKY_RELU) return z > 0.0f ? z : __fmul_rn(LEAKY_SLOPE, z);
  if (activation == TANH) return canonical_tanh(z);
  return z;
}

// f(z).
__device__ __forceinline__ float activate(int activation, float z) {
  if (activation == SIGMOID) return canonical_sigmoid(z);
  if (activation == GELU) return canonical_gelu(z);
  return activate_sum(activation, z);
}

// dA f'(z) of those that a product computes, from the stored a = f(z): all but GELU.
__device__ __forceinline__ float derive_sum(int activation, float upstream, float a) {
  if (activation == RELU) return a <= 0.0f ? 0.0f : upstream;
  if (activation == LEAKY_RELU) return a > 0.0f ? upstream : __fmul_rn(LEAKY_SLOPE, upstream);
  if (activation == TANH) return __fmul_rn(upstream, __fmaf_rn(-a, a, 1.0f));
  if (activation == SIGMOID) return __fmul_rn(upstream, __fmul_rn(a, __fsub_rn(1.0f, a)));
  return upstream;
}

// dA f'(z), from what is kept of it: z of GELU, else a = f(z).
__device__ __forceinline__ float derive(int activation, float upstream, float kept) {
  if (activation == GELU) return __fmul_rn(upstream, canonical_gelu_slope(kept));
  return derive_sum(activation, upstream, kept);
}
