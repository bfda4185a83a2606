// exp, log, tanh, the sigmoid and GELU: dev.lockstep.cpu.Elementary once more, operation by operation. That class derives the
// formulas, names their sources and gives their errors; here stands only what differs on this machine.
//
// A conditional expression is a select between two values that are both computed. Signs and exponents are handled as
// integers. The result of NaN is 0x7fc00000.
#pragma once

#include "elementary_constants.cuh"

constexpr int FRACTION_BITS = 23;
constexpr int EXPONENT_BIAS = 127;
constexpr unsigned SIGN_AND_EXPONENT = 0xff800000u;
constexpr unsigned SIGN = 0x80000000u;
constexpr unsigned CANONICAL_NAN = 0x7fc00000u;
constexpr unsigned POSITIVE_INFINITY = 0x7f800000u;

__device__ __forceinline__ bool is_nan(float x) { return x != x; }

__device__ __forceinline__ float canonical_nan() { return __uint_as_float(CANONICAL_NAN); }

// Neither NaN nor infinite.
__device__ __forceinline__ bool is_finite(float x) {
  return (__float_as_uint(x) & POSITIVE_INFINITY) != POSITIVE_INFINITY;
}

// Shifts go through unsigned: shifting a negative number to the left is not defined in C++17.
__device__ __forceinline__ float power_of_two(int n) {
  return __uint_as_float(static_cast<unsigned>(n + EXPONENT_BIAS) << FRACTION_BITS);
}

// x - n ln(2), where shifted is ROUNDING + n.
__device__ __forceinline__ float reduce(float x, float shifted) {
  float n = __fsub_rn(shifted, ROUNDING);
  return __fmaf_rn(n, -LN2_LOW, __fmaf_rn(n, -LN2_HIGH, x));
}

// (e^r - 1) / r for |r| <= ln(2) / 2.
__device__ __forceinline__ float slope_of_exp(float r) {
  float p = __fmaf_rn(E6, r, E5);
  p = __fmaf_rn(p, r, E4);
  p = __fmaf_rn(p, r, E3);
  p = __fmaf_rn(p, r, E2);
  return __fmaf_rn(p, r, 1.0f);
}

__device__ __forceinline__ float canonical_exp(float x) {
  float clamped = x > EXP_HIGHEST ? EXP_HIGHEST : x;
  clamped = clamped < EXP_LOWEST ? EXP_LOWEST : clamped;
  float shifted = __fmaf_rn(clamped, LOG2_E, ROUNDING);
  int n = static_cast<int>(__float_as_uint(shifted) - __float_as_uint(ROUNDING));
  float r = reduce(clamped, shifted);
  float significand = __fmaf_rn(slope_of_exp(r), r, 1.0f);
  int half = n >> 1;
  float result = __fmul_rn(__fmul_rn(significand, power_of_two(half)), power_of_two(n - half));
  return is_nan(x) ? canonical_nan() : result;
}

// log(1 + f) for f in [-1/3, 1/3).
__device__ __forceinline__ float log_of_one_plus(float f) {
  float w = __fmaf_rn(L10, f, L9);
  w = __fmaf_rn(w, f, L8);
  w = __fmaf_rn(w, f, L7);
  w = __fmaf_rn(w, f, L6);
  w = __fmaf_rn(w, f, L5);
  w = __fmaf_rn(w, f, L4);
  w = __fmaf_rn(w, f, L3);
  w = __fmaf_rn(w, f, MINUS_HALF);
  return __fmaf_rn(w, __fmul_rn(f, f), f);
}

__device__ __forceinline__ float canonical_log(float x) {
  float normal = x < SMALLEST_NORMAL ? __fmul_rn(x, NORMALIZING) : x;
  unsigned bits = __float_as_uint(normal);
  unsigned exponent = (bits - __float_as_uint(LOG_SIGNIFICAND)) & SIGN_AND_EXPONENT;
  float m = __uint_as_float(bits - exponent);
  int shifted = static_cast<int>(exponent) >> FRACTION_BITS;
  float k = __fsub_rn(__uint_as_float(static_cast<unsigned>(shifted) + __float_as_uint(ROUNDING)), ROUNDING);
  k = x < SMALLEST_NORMAL ? __fsub_rn(k, NORMALIZING_EXPONENT) : k;

  float result = log_of_one_plus(__fsub_rn(m, 1.0f));
  result = __fmaf_rn(k, LN2_LOW, result);
  result = __fmaf_rn(k, LN2_HIGH, result);

  float infinity = __uint_as_float(POSITIVE_INFINITY);
  result = x == infinity ? infinity : result;
  result = x == 0.0f ? -infinity : result;
  result = x < 0.0f ? canonical_nan() : result;
  return is_nan(x) ? canonical_nan() : result;
}

// tanh(a) for 0 <= a < TANH_SMALL.
__device__ __forceinline__ float small_tanh(float a) {
  float square = __fmul_rn(a, a);
  float p = __fmaf_rn(T11, square, T9);
  p = __fmaf_rn(p, square, T7);
  p = __fmaf_rn(p, square, T5);
  p = __fmaf_rn(p, square, T3);
  return __fmaf_rn(p, __fmul_rn(square, a), a);
}

// tanh(a) for a >= TANH_SMALL.
__device__ __forceinline__ float large_tanh(float a) {
  float clamped = a > TANH_SATURATED ? TANH_SATURATED : a;
  float twice = __fadd_rn(clamped, clamped);
  float shifted = __fmaf_rn(twice, LOG2_E, ROUNDING);
  float r = reduce(twice, shifted);
  float scale = power_of_two(static_cast<int>(__float_as_uint(shifted) - __float_as_uint(ROUNDING)));
  float scaled = __fmul_rn(scale, r);
  float slope = slope_of_exp(r);
  float base = __fadd_rn(scale, 1.0f);
  float d = __fmaf_rn(slope, scaled, base);
  float lost = __fmaf_rn(slope, scaled, __fsub_rn(base, d));
  float q = __fdiv_rn(-2.0f, d);
  float rest = __fmaf_rn(q, lost, __fmaf_rn(q, d, 2.0f));
  float high = __fadd_rn(q, 1.0f);
  float low = __fadd_rn(__fsub_rn(1.0f, high), q);
  return __fadd_rn(high, __fmaf_rn(__fmul_rn(q, 0.5f), rest, low));
}

__device__ __forceinline__ float canonical_tanh(float x) {
  unsigned bits = __float_as_uint(x);
  float a = __uint_as_float(bits & ~SIGN);
  float small = small_tanh(a);
  float large = large_tanh(a);
  float magnitude = a < TANH_SMALL ? small : large;
  float result = __uint_as_float(__float_as_uint(magnitude) | (bits & SIGN));
  return is_nan(x) ? canonical_nan() : result;
}

__device__ __forceinline__ float canonical_sigmoid(float x) {
  float e = canonical_exp(__uint_as_float(__float_as_uint(x) | SIGN));
  float d = __fadd_rn(1.0f, e);
  float lost = __fsub_rn(e, __fsub_rn(d, 1.0f));
  float r = __fdiv_rn(1.0f, d);
  float rest = __fmaf_rn(-r, lost, __fmaf_rn(-r, d, 1.0f));
  float dividend = x < 0.0f ? e : 1.0f;
  float result = __fmaf_rn(dividend, r, __fmul_rn(dividend, __fmul_rn(r, rest)));
  return is_nan(x) ? canonical_nan() : result;
}

__device__ __forceinline__ float gelu_square(float z) {
  float square = __fmul_rn(z, z);
  return square > GELU_SQUARE ? GELU_SQUARE : square;
}

__device__ __forceinline__ float gelu_tanh(float z) {
  return canonical_tanh(__fmul_rn(z, __fmaf_rn(GELU_CUBIC, gelu_square(z), GELU_LINEAR)));
}

__device__ __forceinline__ float canonical_gelu(float z) {
  return __fmul_rn(__fmul_rn(0.5f, z), __fadd_rn(1.0f, gelu_tanh(z)));
}

__device__ __forceinline__ float canonical_gelu_slope(float z) {
  float h = gelu_tanh(z);
  float inner = __fmaf_rn(GELU_SLOPE, gelu_square(z), GELU_LINEAR);
  float bell = __fmul_rn(__fmul_rn(0.5f, z), __fmaf_rn(-h, h, 1.0f));
  return __fmaf_rn(bell, inner, __fmul_rn(0.5f, __fadd_rn(1.0f, h)));
}
