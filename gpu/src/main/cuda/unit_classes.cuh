// Which units of a layer are equal to the last bit: a digest a unit first, then a comparison of all their numbers.
//
// matrix[rows][columns] holds some of each unit's numbers. Axis 0: unit j owns column j; axis 1: unit j owns row j.
// Two numbers are equal if their bits are, every NaN counting as 0x7fc00000; with zero_sign 1 -0 counts as +0.
#pragma once

#include "elementary.cuh"
#include "state.cuh"

enum Axis { COLUMN = 0, ROW = 1 };
enum ZeroSign { ZERO_SIGN_COUNTS = 0, ZERO_SIGN_IGNORED = 1 };

constexpr unsigned long long GOLDEN = 0x9E3779B97F4A7C15ull;

__device__ __forceinline__ unsigned comparable_bits(float x, int zero_sign) {
  unsigned bits = is_nan(x) ? CANONICAL_NAN : __float_as_uint(x);
  return zero_sign == ZERO_SIGN_IGNORED && bits == SIGN ? 0u : bits;
}

// One step of splitmix64 (Steele, Lea and Flood, OOPSLA 2014), as dev.lockstep.symmetry.Digest takes it.
__device__ __forceinline__ unsigned long long mix(unsigned long long x) {
  unsigned long long z = x + GOLDEN;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// The numbers are walked in strips: of one unit, so many of its numbers. Neighbouring threads take neighbouring columns:
// with axis 0 those of other units at the same position, a strip a thread; with axis 1 those of the same unit, a strip a
// warp.
struct UnitStrips {
  static constexpr int NUMBERS = 1024;

  long long units, numbers;  // of the layer; of a unit
  long long strips;          // that a unit's numbers make

  __device__ __forceinline__ UnitStrips(int rows, int columns, int axis)
      : units(axis == COLUMN ? columns : rows),
        numbers(axis == COLUMN ? rows : columns),
        strips((numbers + NUMBERS - 1) / NUMBERS) {}

  // Calls visit(unit, first, end, step) for each strip that is the calling thread's: positions first, first + step, ...
  template <class Visit>
  __device__ __forceinline__ void for_each(int axis, Visit visit) const {
    int lanes = axis == COLUMN ? 1 : warpSize;
    long long lane = thread_in_grid() % lanes;
    for (long long s = thread_in_grid() / lanes; s < units * strips; s += threads_in_grid() / lanes) {
      long long unit = axis == COLUMN ? s % units : s / strips;
      long long first = (axis == COLUMN ? s / units : s % strips) * NUMBERS;
      long long end = first + NUMBERS < numbers ? first + NUMBERS : numbers;
      visit(unit, first + lane, end, lanes);
    }
  }
};

// Adds to digests[2j] and digests[2j + 1] the sums mod 2^64 of mix(e) and mix(e ^ GOLDEN) over the numbers of unit j,
// e = (p << 32) ^ bits, where p = offset + the number's row (axis 0) or column (axis 1). Sums of integers: the order of
// threads does not matter.
extern "C" __global__ void __launch_bounds__(THREADS)
    unit_digests(unsigned long long* digests, const float* matrix, int rows, int columns, int axis, long long offset,
                 int zero_sign) {
  UnitStrips(rows, columns, axis).for_each(axis, [=](long long unit, long long first, long long end, int step) {
    unsigned long long low = 0, high = 0;
    for (long long i = first; i < end; i += step) {
      float x = matrix[axis == COLUMN ? i * columns + unit : unit * columns + i];
      unsigned long long element = (static_cast<unsigned long long>(offset + i) << 32) ^ comparable_bits(x, zero_sign);
      low += mix(element);
      high += mix(element ^ GOLDEN);
    }
    if (first < end) {
      atomicAdd(&digests[2 * unit], low);
      atomicAdd(&digests[2 * unit + 1], high);
    }
  });
}

// unequal[j] = 1 if a number of unit j differs from that of unit class_of[j] at the same position; otherwise unequal[j]
// stays what it was.
extern "C" __global__ void __launch_bounds__(THREADS)
    compare_units(int* unequal, const int* class_of, const float* matrix, int rows, int columns, int axis,
                  int zero_sign) {
  UnitStrips(rows, columns, axis).for_each(axis, [=](long long unit, long long first, long long end, int step) {
    long long other = class_of[unit];
    bool differ = false;
    for (long long i = first; i < end; i += step) {
      float x = matrix[axis == COLUMN ? i * columns + unit : unit * columns + i];
      float y = matrix[axis == COLUMN ? i * columns + other : other * columns + i];
      differ |= comparable_bits(x, zero_sign) != comparable_bits(y, zero_sign);
    }
    if (differ) unequal[unit] = 1;
  });
}
