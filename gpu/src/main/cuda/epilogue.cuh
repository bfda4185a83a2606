// What becomes of a finished sum before it is stored. The codes are those that the host passes to kernels.
#pragma once

#include "activation.cuh"
#include "state.cuh"

enum EpilogueCode {
  EPILOGUE_STORE = 0,       // c = acc
  EPILOGUE_ACTIVATE = 1,    // c = f(acc + operand[j]), f not being sigmoid or GELU
  EPILOGUE_DERIVATIVE = 2,  // c = acc f'(z), a = operand[i][j] being f(z), f not being GELU
  EPILOGUE_SGD = 3          // c = fma(-rate, acc, c), c being the weights
};

// One code and one activation f for a whole launch: every branch on them is taken by all threads alike.
struct Epilogue {
  int code;
  int activation;        // unused without an f
  const float* operand;  // bias[n], or activations[m][n]; unused otherwise
  float rate;

  // Finishes COUNT sums of column j of C[m][n], step rows apart from row `first` on, as far as they lie in C. All that
  // has to be read is asked for before any of it is used.
  template <int COUNT>
  __device__ __forceinline__ void apply(float* c, int m, int n, int first, int step, int j,
                                        const float (&sums)[COUNT]) const {
    if (j >= n) return;
    long long start = static_cast<long long>(first) * n + j, stride = static_cast<long long>(step) * n;
    float other[COUNT];
#pragma unroll
    for (int s = 0; s < COUNT; s++) {
      if (first + s * step < m) other[s] = read(c, start + s * stride, j);
    }
#pragma unroll
    for (int s = 0; s < COUNT; s++) {
      if (first + s * step < m) c[start + s * stride] = finish(sums[s], other[s]);
    }
  }

 private:
  // What the sum is combined with.
  __device__ __forceinline__ float read(const float* c, long long at, int j) const {
    switch (code) {
      case EPILOGUE_ACTIVATE:
        return __ldg(operand + j);
      case EPILOGUE_DERIVATIVE:
        return __ldg(operand + at);
      case EPILOGUE_SGD:
        return c[at];
      default:
        return 0.0f;
    }
  }

  __device__ __forceinline__ float finish(float sum, float other) const {
    switch (code) {
      case EPILOGUE_ACTIVATE:
        return activate_sum(activation, __fadd_rn(sum, other));
      case EPILOGUE_DERIVATIVE:
        return derive_sum(activation, sum, other);
      case EPILOGUE_SGD:
        return __fmaf_rn(-rate, sum, other);
      default:
        return sum;
    }
  }
};
