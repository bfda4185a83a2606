// Lets g++ compile a .cu file as C++17: the keywords and built-in variables of CUDA C++, for the block executor.
//
// The file is included before every .cu source by the build; the source itself stays plain CUDA and knows nothing of it.
// Sizes, intrinsics and warp operations lie beside it, one file a subject. What a kernel uses and none of them defines
// does not compile: add it to the file of its subject, with the definition of the CUDA C++ Programming Guide.
// Left out on purpose: atomicAdd on float (its result depends on the order of threads) and min/max on float (they drop
// NaN), neither of which canonical arithmetic allows.
//
// Kernels must be extern "C"; device functions may be templates.
#pragma once

#ifdef EMULATED_LIST_KERNELS
// The build preprocesses a source with this to find the names of its kernels and of its dynamic shared memory.
#define __global__ @kernel@
#define __launch_bounds__(...)
#define __shared__ @shared@
#define __align__(n)
#else

#include "cuda_arithmetic.h"
#include "cuda_types.h"
#include "cuda_threads.h"
#include "registration.h"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __launch_bounds__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __align__(n) __attribute__((aligned(n)))

// The thread-local block of the kernels' library holds shared memory and nothing else, so that the executor finds all
// of it, templates' too, and can poison it before every block (shared_memory.cpp).
#define __shared__ thread_local

#define threadIdx (emulated::thread_index)
#define blockIdx (emulated::block_index)
#define blockDim (emulated::block_size)
#define gridDim (emulated::grid_size)
#define warpSize 32

#endif
