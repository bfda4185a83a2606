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

  // at = i * n + j.
  __device__ __forceinline__ void apply(float* c, long long at, int j, float sum) const {
    switch (code) {
      case EPILOGUE_BIAS:
        c[at] = __fadd_rn(sum, operand[j]);
        break;
      case EPILOGUE_BIAS_RELU:
        c[at] = activate(RELU, __fadd_rn(sum, operand[j]));
        break;
      case EPILOGUE_BIAS_TANH:
        c[at] = activate(TANH, __fadd_rn(sum, operand[j]));
        break;
      case EPILOGUE_DERIVATIVE_RELU:
        c[at] = derive(RELU, sum, operand[at]);
        break;
      case EPILOGUE_DERIVATIVE_TANH:
        c[at] = derive(TANH, sum, operand[at]);
        break;
      case EPILOGUE_SGD:
        c[at] = __fmaf_rn(-rate, sum, c[at]);
        break;
      default:
        c[at] = sum;
    }
  }
};
