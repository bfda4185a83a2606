#include "injection.h"

#include <cstdlib>

namespace emulated {

namespace {
long long from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? 0 : std::atoll(value);
}
}  // namespace

Injection::Injection() {
  allocation.set(from_environment("EMULATED_CUDA_FAIL_ALLOCATION"));
  launch.set(from_environment("EMULATED_CUDA_FAIL_LAUNCH"));
  loss.set(from_environment("EMULATED_CUDA_LOSE_DEVICE"));
}

Injection& injection() {
  static Injection injection;
  return injection;
}

}  // namespace emulated
