// What becomes of a finished sum before it is stored. The codes are those that the host passes to kernels.
#pragma once

#include "activation.cuh"
#include "state.cuh"

enum EpilogueCode {
  EPILOGUE_STORE = 0,            // c = acc
  EPILOGUE_BIAS = 1,             // c = acc + operand[j]
  EPILOGUE_BIAS_RELU = 2,        // c = relu(acc + operand[j])
  EPILOGUE_BIAS_TANH = 3,        // c = tanh(acc + operand[j])
  EPILOGUE_DERIVATIVE_RELU = 4,  // c = acc relu'(z), a = operand[i][j] being relu(z)
  EPILOGUE_DERIVATIVE_TANH = 5,  // c = acc tanh'(z), a = operand[i][j] being tanh(z)
  EPILOGUE_SGD = 6               // c = fma(-rate, acc, c), c being the weights
};

// One code for a whole launch: every branch on it is taken by all threads alike.
struct Epilogue {
  int code;
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
      case EPILOGUE_BIAS:
      case EPILOGUE_BIAS_RELU:
      case EPILOGUE_BIAS_TANH:
        return __ldg(operand + j);
      case EPILOGUE_DERIVATIVE_RELU:
      case EPILOGUE_DERIVATIVE_TANH:
        return __ldg(operand + at);
      case EPILOGUE_SGD:
        return c[at];
      default:
        return 0.0f;
    }
  }

  __device__ __forceinline__ float finish(float sum, float other) const {
    switch (code) {
      case EPILOGUE_BIAS:
        return __fadd_rn(sum, other);
      case EPILOGUE_BIAS_RELU:
        return activate(RELU, __fadd_rn(sum, other));
      case EPILOGUE_BIAS_TANH:
        return activate(TANH, __fadd_rn(sum, other));
      case EPILOGUE_DERIVATIVE_RELU:
        return derive(RELU, sum, other);
      case EPILOGUE_DERIVATIVE_TANH:
        return derive(TANH, sum, other);
      case EPILOGUE_SGD:
        return __fmaf_rn(-rate, sum, other);
      default:
        return sum;
    }
  }
};
