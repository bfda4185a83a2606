#include "executor.h"

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "../kernel/cuda_threads.h"
#include "block.h"
#include "trap.h"

namespace emulated {

uint3 thread_index, block_index;
dim3 block_size, grid_size;

namespace {

constexpr unsigned char POISON = 0xff;         // a NaN as float, -1 as integer
constexpr unsigned char SHARED_GUARD = 0xa5;   // behind the dynamic shared memory that a launch asked for
constexpr std::size_t SHARED_GUARD_BYTES = 64;
constexpr unsigned DEFAULT_ROUNDING = 0x1f80;  // MXCSR: to nearest, gradual underflow, no traps

std::map<std::string, const Kernel*>& kernels() {
  static std::map<std::string, const Kernel*> table;
  return table;
}

SharedMemory (*find_shared_memory)() = nullptr;

// Each host thread has shared memory of its own, in the same place for all its life.
const SharedMemory& shared_memory_of_this_thread() {
  static thread_local const SharedMemory memory = find_shared_memory();
  return memory;
}

std::string text_of(const uint3& index) {
  return "(" + std::to_string(index.x) + "," + std::to_string(index.y) + "," + std::to_string(index.z) + ")";
}

uint3 index_of(std::uint64_t number, const dim3& size) {
  return {static_cast<unsigned>(number % size.x), static_cast<unsigned>(number / size.x % size.y),
          static_cast<unsigned>(number / size.x / size.y)};
}

// The order of blocks: CUDA promises none.
std::vector<std::uint32_t> shuffled_blocks(const dim3& grid, std::mt19937_64& draws) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(grid.x) * grid.y * grid.z);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[draws() % i]);
  return order;
}

// Which variables are the kernel's own is not known here: those of all kernels are poisoned.
void poison(const SharedMemory& memory, const LaunchShape& shape) {
  if (shape.fixed_shared_bytes > 0) {
    for (auto& range : memory.fixed) std::memset(range.start, POISON, range.bytes);
  }
  for (auto& range : memory.dynamic) {
    std::size_t used = std::min(range.bytes, shape.dynamic_shared_bytes);
    std::memset(range.start, POISON, used);
    std::memset(range.start + used, SHARED_GUARD, std::min(SHARED_GUARD_BYTES, range.bytes - used));
  }
}

bool guard_intact(const SharedMemory& memory, std::size_t dynamic_bytes) {
  for (auto& range : memory.dynamic) {
    std::size_t used = std::min(range.bytes, dynamic_bytes);
    std::size_t guarded = std::min(SHARED_GUARD_BYTES, range.bytes - used);
    for (std::size_t i = 0; i < guarded; i++) {
      if (static_cast<unsigned char>(range.start[used + i]) != SHARED_GUARD) return false;
    }
  }
  return true;
}

// A native library of the process may have switched flush-to-zero on; a device has no such switch.
class DefaultRounding {
 public:
  DefaultRounding() : saved_(_mm_getcsr()) { _mm_setcsr(DEFAULT_ROUNDING); }
  ~DefaultRounding() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
};

}  // namespace

extern "C" void emulated_register_kernel(const Kernel* kernel) { kernels()[kernel->name] = kernel; }

extern "C" void emulated_register_shared_memory(SharedMemory (*find)()) { find_shared_memory = find; }

const Kernel* find_kernel(const std::string& name) {
  auto found = kernels().find(name);
  return found == kernels().end() ? nullptr : found->second;
}

std::optional<KernelFault> run_kernel(const Kernel& kernel, const LaunchShape& shape, void** arguments,
                                      std::uint64_t seed) {
  DefaultRounding rounding;
  std::mt19937_64 draws(seed);
  const SharedMemory& memory = shared_memory_of_this_thread();
  block_size = shape.block;
  grid_size = shape.grid;
  std::vector<uint3> threads(static_cast<std::size_t>(block_size.x) * block_size.y * block_size.z);
  for (std::size_t i = 0; i < threads.size(); i++) threads[i] = index_of(i, block_size);
  std::optional<std::string> diverged;
  Block& block = Block::current();
  std::vector<std::uint32_t> order = shape.only_block < 0
                                         ? shuffled_blocks(grid_size, draws)
                                         : std::vector<std::uint32_t>{static_cast<std::uint32_t>(shape.only_block)};

  auto run_blocks = [&] {
    for (std::uint32_t number : order) {
      block_index = index_of(number, grid_size);
      poison(memory, shape);
      diverged = block.run(threads, draws(), [&] { kernel.run(arguments); });
      if (!diverged && !guard_intact(memory, shape.dynamic_shared_bytes)) {
        diverged = "wrote behind its " + std::to_string(shape.dynamic_shared_bytes) + " bytes of dynamic shared memory";
      }
      if (diverged) return;
    }
  };

  std::optional<Trap> trap = run_trapped(run_blocks);
  if (!trap && !diverged) return std::nullopt;
  std::string where = std::string("kernel ") + kernel.name + ", block " + text_of(block_index);
  if (trap) where += ", thread " + text_of(thread_index);
  block.abandon();
  if (trap) {
    return KernelFault{trap->memory ? KernelFault::Kind::ILLEGAL_ADDRESS : KernelFault::Kind::LAUNCH_FAILED,
                       where + ": " + (trap->memory ? "touched memory that it must not" : "divided by the integer zero"),
                       trap->address};
  }
  return KernelFault{KernelFault::Kind::LAUNCH_FAILED, where + ": " + *diverged, 0};
}

void block_barrier(const char* file, int line) { Block::current().wait_for_block(file, line); }

void warp_barrier(std::uint32_t mask, const char* file, int line) { Block::current().wait_for_warp(mask, file, line); }

int lane() { return Block::current().running_thread() % 32; }

std::uint64_t warp_exchange(std::uint32_t mask, std::uint64_t value, int from, const char* file, int line) {
  std::uint64_t* slots = Block::current().exchange_slots();
  slots[lane()] = value;
  Block::current().wait_for_warp(mask, file, line);
  // A lane that does not take part gives what CUDA calls undefined: here a NaN.
  bool present = mask & Block::current().lanes_of_running_warp() & (1u << from);
  return present ? slots[from] : ~std::uint64_t{0};
}

std::uint32_t warp_ballot(std::uint32_t mask, bool bit, const char* file, int line) {
  std::uint64_t* slots = Block::current().exchange_slots();
  slots[lane()] = bit;
  Block::current().wait_for_warp(mask, file, line);
  std::uint32_t lanes = mask & Block::current().lanes_of_running_warp(), result = 0;
  for (int i = 0; i < 32; i++) {
    if ((lanes >> i & 1) && slots[i]) result |= 1u << i;
  }
  return result;
}

}  // namespace emulated
