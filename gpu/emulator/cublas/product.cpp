#include "product.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace emulated {

namespace {

constexpr int TILE = 32, CHAINS = 4;

using Accumulators = float[CHAINS][TILE][TILE];  // chain, column, row

std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float of_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

float load(const void* start, Element element, long long index) {
  return element == Element::FP32 ? static_cast<const float*>(start)[index]
                                  : widen_bf16(static_cast<const std::uint16_t*>(start)[index]);
}

float rounded(float value, Rounding rounding) {
  switch (rounding) {
    case Rounding::TF32:
      return round_to_tf32(value);
    case Rounding::BF16:
      return widen_bf16(round_to_bf16(value));
    case Rounding::NONE:
    case Rounding::BF16X9:
      break;
  }
  return value;
}

// 32 rows of op(A), or columns of op(B), from `first`: element (term, i) at [term * TILE + i], zero beyond the edge.
void pack(std::vector<float>& panel, const Operand& operand, bool terms_along_columns, long long first,
          long long count, long long terms, Rounding rounding) {
  panel.assign(static_cast<std::size_t>(terms) * TILE, 0.0f);
  for (long long term = 0; term < terms; term++) {
    for (long long i = 0; i < count; i++) {
      long long outer = first + i;
      long long index = terms_along_columns ? outer + term * operand.leading : term + outer * operand.leading;
      panel[static_cast<std::size_t>(term * TILE + i)] = rounded(load(operand.start, operand.element, index), rounding);
    }
  }
}

// The sum of nine exact products of parts, the smallest first.
float nine_products(float x, float y) {
  float xs[3], ys[3];
  for (int i = 0; i < 3; i++) {
    xs[i] = rounded(x, Rounding::BF16);
    ys[i] = rounded(y, Rounding::BF16);
    x -= xs[i];
    y -= ys[i];
  }
  float sum = 0;
  for (int order = 4; order >= 0; order--) {
    for (int i = 2; i >= 0; i--) {
      if (order - i >= 0 && order - i < 3) sum += xs[i] * ys[order - i];
    }
  }
  return sum;
}

void accumulate(Accumulators& sums, const float* a, const float* b, long long terms, int columns, bool whole,
                bool of_parts) {
  std::memset(sums, 0, sizeof(sums));
  for (long long term = 0; term < terms; term++) {
    auto& chain = sums[whole ? term % CHAINS : term >= terms / 2];
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < TILE; i++) {
        float x = a[term * TILE + i], y = b[term * TILE + j];
        chain[j][i] = of_parts ? chain[j][i] + nine_products(x, y) : std::fma(x, y, chain[j][i]);
      }
    }
  }
}

float combine(const Accumulators& sums, int row, int column, bool whole, bool reversed) {
  auto chain = [&](int number) { return sums[number][column][row]; };
  if (!whole) return chain(0) + chain(1);
  return reversed ? ((chain(3) + chain(2)) + chain(1)) + chain(0) : (chain(0) + chain(1)) + (chain(2) + chain(3));
}

// With beta = 0, C is not read; with alpha = 0, neither A nor B.
void store(const Product& product, long long index, float sum, float alpha, float beta) {
  float result = alpha == 0.0f ? 0.0f : alpha * sum;
  if (beta != 0.0f) result = result + beta * load(product.c, product.c_element, index);
  if (product.c_element == Element::FP32) {
    static_cast<float*>(product.c)[index] = result;
  } else {
    static_cast<std::uint16_t*>(product.c)[index] = round_to_bf16(result);
  }
}

}  // namespace

void multiply(const Product& product, float alpha, float beta) {
  long long terms = alpha == 0.0f ? 0 : product.terms;
  std::vector<float> a, b;
  static Accumulators sums;  // the device runs one thing at a time
  for (long long row = 0; row < product.rows; row += TILE) {
    int rows = static_cast<int>(std::min<long long>(TILE, product.rows - row));
    pack(a, product.a, !product.a.transposed, row, rows, terms, product.rounding);
    for (long long column = 0; column < product.columns; column += TILE) {
      int columns = static_cast<int>(std::min<long long>(TILE, product.columns - column));
      bool whole = rows == TILE && columns == TILE;
      pack(b, product.b, product.b.transposed, column, columns, terms, product.rounding);
      accumulate(sums, a.data(), b.data(), terms, columns, whole, product.rounding == Rounding::BF16X9);
      for (int j = 0; j < columns; j++) {
        for (int i = 0; i < rows; i++) {
          store(product, row + i + (column + j) * product.c_leading,
                combine(sums, i, j, whole, product.reversed_chains), alpha, beta);
        }
      }
    }
  }
}

float round_to_tf32(float value) {
  std::uint32_t bits = bits_of(value);
  if (!std::isfinite(value)) return value;
  return of_bits((bits + 0x1000u) & ~0x1fffu);
}

std::uint16_t round_to_bf16(float value) {
  std::uint32_t bits = bits_of(value);
  if (std::isnan(value)) return 0x7fff;
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

float widen_bf16(std::uint16_t bits) { return of_bits(static_cast<std::uint32_t>(bits) << 16); }

}  // namespace emulated
