// Faults on demand: the n-th call from now fails (1 is the next one), once; a lost device stays lost.
//
// Set by the environment (EMULATED_CUDA_FAIL_ALLOCATION=n, EMULATED_CUDA_FAIL_LAUNCH=n, EMULATED_CUDA_LOSE_DEVICE=n) or
// by emulated_fail_allocation(n), emulated_fail_launch(n), emulated_lose_device(n, status).
#pragma once

#include "status.h"

namespace emulated {

class Countdown {
 public:
  void set(long long calls) { left_ = calls; }
  bool strikes() { return left_ > 0 && --left_ == 0; }

 private:
  long long left_ = 0;
};

struct Injection {
  Injection();
  Countdown allocation;  // of device or pinned memory: CUDA_ERROR_OUT_OF_MEMORY
  Countdown launch;      // of a kernel, a graph or cuBLAS work: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES
  Countdown loss;        // any call: `lost_status` from then on
  Status lost_status = ERROR_ILLEGAL_ADDRESS;
  long long only_block = -1;  // of every launch, x fastest; -1: all of them
};

Injection& injection();

}  // namespace emulated
