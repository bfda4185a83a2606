// The product of the emulated cuBLAS, column-major as cuBLAS has it: C = alpha op(A) op(B) + beta C.
//
// Its order of summation is deliberately not one ascending chain, and differs between whole and cut tiles of C: so it
// agrees with canonical arithmetic only within rounding, and equal columns do not stay equal where a tile is cut (as on
// real libraries, at 1021 units but not at 1024).
//   whole tile of 32 x 32:  four chains, term k on chain k mod 4; (c0 + c1) + (c2 + c3)
//   cut tile:               two chains, the first and the second half of the terms; c0 + c1
// Every chain is fma, ascending. Accumulation is in fp32 whatever the operands are.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emulated {

enum class Element { FP32, BF16 };

// What an operand is rounded to before it is multiplied; the accumulator is not. BF16X9 rounds none: it multiplies
// three parts of each operand, as cuBLAS does when it emulates fp32.
enum class Rounding { NONE, TF32, BF16, BF16X9 };

struct Operand {
  const void* start;
  Element element;
  bool transposed;
  long long leading;  // elements from one column, as stored, to the next
};

struct Product {
  long long rows, columns, terms;
  Operand a, b;
  void* c;
  Element c_element;
  long long c_leading;
  Rounding rounding;
  bool reversed_chains;  // atomics allowed: the chains of whole tiles may be summed in another order
};

void multiply(const Product& product, float alpha, float beta);

// To nearest, ties away from zero, 10 explicit bits of the significand, as cvt.rna.tf32.f32.
float round_to_tf32(float value);

// To nearest, ties to even.
std::uint16_t round_to_bf16(float value);
float widen_bf16(std::uint16_t bits);

}  // namespace emulated
