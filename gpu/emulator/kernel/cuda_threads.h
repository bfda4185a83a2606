// What threads of a block do together: built-in indices, barriers, warp exchanges, atomics. The executor runs one block
// at a time and switches between its threads only at barriers and exchanges, so an atomic is a plain operation.
#pragma once

#include <cstdint>
#include <cstring>

#include "cuda_types.h"

namespace emulated {

extern uint3 thread_index, block_index;
extern dim3 block_size, grid_size;

// Waits until every thread of the block stands at this line; a thread elsewhere, or gone, is a divergent barrier.
void block_barrier(const char* file, int line);

// Waits for the lanes of the mask at this line.
void warp_barrier(std::uint32_t mask, const char* file, int line);

// Gives a value to the lanes of the mask and takes that of the lane `from`.
std::uint64_t warp_exchange(std::uint32_t mask, std::uint64_t value, int from, const char* file, int line);

// One bit a lane of the mask.
std::uint32_t warp_ballot(std::uint32_t mask, bool bit, const char* file, int line);

int lane();

template <class T>
inline T exchange(std::uint32_t mask, T value, int from, const char* file, int line) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "CUDA exchanges 4 or 8 bytes");
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = warp_exchange(mask, bits, from, file, line);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace emulated

// The place of a call tells one barrier from another; a default argument is evaluated where the call is written.
#define EMULATED_PLACE const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(EMULATED_PLACE) { emulated::block_barrier(file, line); }
inline void __syncwarp(unsigned mask = 0xffffffffu, EMULATED_PLACE) { emulated::warp_barrier(mask, file, line); }

// Width: groups of that many lanes exchange among themselves; a source outside the group leaves the lane's own value.
template <class T>
inline T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMULATED_PLACE) {
  int first = emulated::lane() & ~(width - 1);
  return emulated::exchange(mask, value, first + (source & (width - 1)), file, line);
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32, EMULATED_PLACE) {
  int own = emulated::lane(), source = own ^ bits;
  return emulated::exchange(mask, value, source >= (own & ~(width - 1)) + width ? own : source, file, line);
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32, EMULATED_PLACE) {
  int own = emulated::lane(), source = own + static_cast<int>(distance);
  return emulated::exchange(mask, value, source >= (own & ~(width - 1)) + width ? own : source, file, line);
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned distance, int width = 32, EMULATED_PLACE) {
  int own = emulated::lane(), source = own - static_cast<int>(distance);
  return emulated::exchange(mask, value, source < (own & ~(width - 1)) ? own : source, file, line);
}
inline unsigned __ballot_sync(unsigned mask, int bit, EMULATED_PLACE) {
  return emulated::warp_ballot(mask, bit != 0, file, line);
}
inline int __any_sync(unsigned mask, int bit, EMULATED_PLACE) {
  return emulated::warp_ballot(mask, bit != 0, file, line) != 0;
}
inline int __all_sync(unsigned mask, int bit, EMULATED_PLACE) {
  return emulated::warp_ballot(mask, bit == 0, file, line) == 0;
}

inline void __threadfence() {}
inline void __threadfence_block() {}

namespace emulated {
template <class T>
inline T replace(T* address, T value) {
  T old = *address;
  *address = value;
  return old;
}
}  // namespace emulated

#define EMULATED_ATOMICS(type)                                                                                       \
  inline type atomicAdd(type* address, type value) {                                                                 \
    return emulated::replace(address, static_cast<type>(*address + value));                                          \
  }                                                                                                                  \
  inline type atomicMin(type* address, type value) {                                                                 \
    return emulated::replace(address, value < *address ? value : *address);                                          \
  }                                                                                                                  \
  inline type atomicMax(type* address, type value) {                                                                 \
    return emulated::replace(address, *address < value ? value : *address);                                          \
  }                                                                                                                  \
  inline type atomicOr(type* address, type value) {                                                                  \
    return emulated::replace(address, static_cast<type>(*address | value));                                          \
  }                                                                                                                  \
  inline type atomicAnd(type* address, type value) {                                                                 \
    return emulated::replace(address, static_cast<type>(*address & value));                                          \
  }                                                                                                                  \
  inline type atomicExch(type* address, type value) { return emulated::replace(address, value); }                    \
  inline type atomicCAS(type* address, type expected, type value) {                                                  \
    return emulated::replace(address, *address == expected ? value : *address);                                      \
  }

EMULATED_ATOMICS(int)
EMULATED_ATOMICS(unsigned)
EMULATED_ATOMICS(unsigned long long)
