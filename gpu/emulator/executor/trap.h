// Turns a segmentation fault or a division by zero inside a kernel into a value, instead of the end of the process.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace emulated {

struct Trap {
  bool memory;  // else an arithmetic trap
  std::uintptr_t address;
};

// Runs the body on this thread. If it traps, its frames are dropped without destructors: it must own nothing.
std::optional<Trap> run_trapped(const std::function<void()>& body);

}  // namespace emulated
