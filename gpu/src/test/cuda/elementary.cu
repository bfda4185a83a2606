// The elementary functions of the kernels by themselves.
#include "../../main/cuda/elementary.cuh"

static __device__ float value(int function, float x) {
  switch (function) {
    case 0: return canonical_exp(x);
    case 1: return canonical_log(x);
    case 2: return canonical_tanh(x);
    case 3: return canonical_sigmoid(x);
    case 4: return canonical_gelu(x);
    default: return canonical_gelu_slope(x);
  }
}

// y[i] = f(x[i]); f is 0 for exp, 1 for log, 2 for tanh, 3 for the sigmoid, 4 for GELU, 5 for its slope.
extern "C" __global__ void elementary(float* y, const float* x, int count, int function) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
    y[i] = value(function, x[i]);
  }
}
