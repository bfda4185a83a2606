// Runs a kernel: its blocks one after another, in an order drawn from a seed, each block's threads on fibers.
//
// Stricter than a device: shared memory is poisoned before each block, threads between two barriers run in ascending or
// descending order as the seed says (so a missing barrier shows), a barrier that not every thread of the block reaches
// is a fault even if some have left, and a thread that touches memory it must not is named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "../kernel/cuda_types.h"
#include "../kernel/registration.h"

namespace emulated {

struct LaunchShape {
  dim3 grid, block;
  std::size_t dynamic_shared_bytes;
  std::size_t fixed_shared_bytes = 0;  // of the kernel's __shared__ variables; 0: there is nothing of them to poison
  long long only_block = -1;           // x fastest; -1: all blocks of the grid
};

struct KernelFault {
  enum class Kind { ILLEGAL_ADDRESS, LAUNCH_FAILED } kind;
  std::string text;
  std::uintptr_t address;  // what was touched, for ILLEGAL_ADDRESS
};

// The kernel compiled under that name, or null.
const Kernel* find_kernel(const std::string& name);

// Runs on the calling thread until the last block is done or a thread is at fault.
std::optional<KernelFault> run_kernel(const Kernel& kernel, const LaunchShape& shape, void** arguments,
                                      std::uint64_t seed);

}  // namespace emulated
