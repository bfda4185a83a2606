// CUDA's built-in vector types, with the alignment that nvcc gives them.
#pragma once

#include <cstdint>

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};

#define EMULATED_VECTORS(element, name)                                                                              \
  struct alignas(2 * sizeof(element)) name##2 {                                                                      \
    element x, y;                                                                                                    \
  };                                                                                                                 \
  struct name##3 {                                                                                                   \
    element x, y, z;                                                                                                 \
  };                                                                                                                 \
  struct alignas(sizeof(element) < 8 ? 4 * sizeof(element) : 16) name##4 {                                           \
    element x, y, z, w;                                                                                              \
  };                                                                                                                 \
  inline name##2 make_##name##2(element x, element y) { return {x, y}; }                                             \
  inline name##4 make_##name##4(element x, element y, element z, element w) { return {x, y, z, w}; }

EMULATED_VECTORS(float, float)
EMULATED_VECTORS(double, double)
EMULATED_VECTORS(int, int)
EMULATED_VECTORS(unsigned short, ushort)

struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
