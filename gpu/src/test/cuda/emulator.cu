// Small kernels that provoke each thing the emulated device promises to see. Plain CUDA: emulator.ptx beside it is made
// of this file by
//   nvcc -ptx -arch=compute_75 -fmad=false emulator.cu && sed -i 's/^\.version .*/.version 7.8/' emulator.ptx

// out[i] = a * x[i] + y[i], fused.
extern "C" __global__ void __launch_bounds__(256) axpy(float* out, const float* x, const float* y, float a, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = __fmaf_rn(a, x[i], y[i]);
}

// Writes one value at an index that the caller chooses, inside or not.
extern "C" __global__ void store_at(float* out, long long index, float value) {
  if (blockIdx.x == 0 && threadIdx.x == 0) out[index] = value;
}

// order[k] = the block that came k-th.
extern "C" __global__ void block_order(int* order, unsigned* next) {
  if (threadIdx.x == 0) order[atomicAdd(next, 1u)] = static_cast<int>(blockIdx.x);
}

template <int TILE>
__device__ void tiled_product(float (*left)[TILE + 1], float (*right)[TILE], const float* a, const float* b, float* c,
                              int m, int n, int k) {
  int tx = threadIdx.x, ty = threadIdx.y;
  int row = blockIdx.y * TILE + ty, column = blockIdx.x * TILE + tx;
  float sum = 0.0f;
  for (int first = 0; first < k; first += TILE) {
    if (row < m && first + tx < k) left[ty][tx] = a[static_cast<long long>(row) * k + first + tx];
    if (first + ty < k && column < n) right[ty][tx] = b[static_cast<long long>(first + ty) * n + column];
    __syncthreads();
#pragma unroll 4
    for (int t = 0; t < min(TILE, k - first); t++) sum = __fmaf_rn(left[ty][t], right[t][tx], sum);
    __syncthreads();
  }
  if (row < m && column < n) c[static_cast<long long>(row) * n + column] = sum;
}

// Row-major c[m][n] = a[m][k] b[k][n], each element one ascending chain; blocks of 16 x 16.
extern "C" __global__ void product(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c,
                                   int m, int n, int k) {
  __shared__ float left[16][17];
  __shared__ __align__(16) float right[16][16];
  tiled_product<16>(left, right, a, b, c, m, n, k);
}

template <typename T>
__device__ T* from_shared_memory_of_a_template(int threads) {
  __shared__ T values[64];
  if (threads < 0) values[0] = 0;  // never
  return values;
}

// out[i] = what shared memory holds before anybody wrote to it: in a template, in the kernel, and dynamic.
extern "C" __global__ void unwritten_shared(unsigned* out, int write) {
  __shared__ unsigned fixed[64];
  extern __shared__ unsigned dynamic[];
  unsigned* in_template = from_shared_memory_of_a_template<unsigned>(blockDim.x);
  int i = threadIdx.x;
  out[blockIdx.x * 3 * blockDim.x + i] = in_template[i];
  out[(blockIdx.x * 3 + 1) * blockDim.x + i] = fixed[i];
  out[(blockIdx.x * 3 + 2) * blockDim.x + i] = dynamic[i];
  if (write) in_template[i] = fixed[i] = dynamic[i] = 7;
}

__device__ __noinline__ int shared_in_a_function(int write) {
  __shared__ int values[33];
  int found = values[threadIdx.x];
  if (write) values[threadIdx.x] = 7;
  return found;
}

// The same for shared memory of a function that is not inlined.
extern "C" __global__ void unwritten_in_function(int* out, int write) {
  out[blockIdx.x * blockDim.x + threadIdx.x] = shared_in_a_function(write);
}

// Writes beyond the dynamic shared memory that was asked for, if offset says so.
extern "C" __global__ void dynamic_shared_at(int offset) {
  extern __shared__ unsigned dynamic[];
  dynamic[threadIdx.x + offset] = threadIdx.x;
}

// Only threads below `limit` reach the barrier.
extern "C" __global__ void barrier_below(float* out, int limit) {
  if (static_cast<int>(threadIdx.x) < limit) __syncthreads();
  out[threadIdx.x] = 1.0f;
}

// Every thread reaches a barrier, but not the same one.
extern "C" __global__ void two_barriers(float* out, int limit) {
  if (static_cast<int>(threadIdx.x) < limit) {
    __syncthreads();
  } else {
    __syncthreads();
    out[threadIdx.x] = 1.0f;
  }
}

// Each thread reads what its right neighbour wrote; without the barrier that is a race.
extern "C" __global__ void neighbour(int* out, int with_barrier) {
  __shared__ int values[256];
  values[threadIdx.x] = threadIdx.x;
  if (with_barrier) __syncthreads();
  out[threadIdx.x] = values[(threadIdx.x + 1) % blockDim.x];
}

// sums[warp] = sum over the warp, halving distances; least[warp] = least value, by butterflies; votes: even values.
extern "C" __global__ void warp_results(const int* in, int* sums, int* least, unsigned* votes) {
  int value = in[threadIdx.x], sum = value, smallest = value;
  for (int d = 16; d > 0; d >>= 1) sum += __shfl_down_sync(0xffffffffu, sum, d);
  for (int d = 16; d > 0; d >>= 1) smallest = min(smallest, __shfl_xor_sync(0xffffffffu, smallest, d));
  unsigned even = __ballot_sync(0xffffffffu, value % 2 == 0);
  __syncwarp();
  if (threadIdx.x % 32 == 0) {
    sums[threadIdx.x / 32] = sum;
    least[threadIdx.x / 32] = smallest;
    votes[threadIdx.x / 32] = even;
  }
}

// Each half of a warp sums its own values, eight bytes at a time, the upper half at another place than the lower.
extern "C" __global__ void half_warp_sums(double* values) {
  double value = values[threadIdx.x];
  if (threadIdx.x < 16) {
    for (int d = 8; d > 0; d >>= 1) value += __shfl_xor_sync(0x0000ffffu, value, d, 16);
  } else {
    for (int d = 8; d > 0; d >>= 1) value += __shfl_xor_sync(0xffff0000u, value, d, 16);
  }
  values[threadIdx.x] = value;
}

// Every lane names the whole warp, but only those below `limit` exchange.
extern "C" __global__ void exchange_below(int* out, int limit) {
  int value = threadIdx.x;
  if (value < limit) value = __shfl_sync(0xffffffffu, value, 0);
  out[threadIdx.x] = value;
}

// A digest that does not depend on the order of threads.
extern "C" __global__ void digest(const float* x, int n, unsigned long long* sum, int* least) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  atomicAdd(sum, static_cast<unsigned long long>(__float_as_uint(x[i])) * (i + 1));
  atomicMin(least, i);
}

struct Pair {
  float scale;
  double shift;
};

// A struct by value, 16 bytes at a time.
extern "C" __global__ void scale_quads(float4* values, Pair pair, int n, char count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float4 v = values[i];
  float shift = static_cast<float>(pair.shift) * count;
  v.x = __fmaf_rn(v.x, pair.scale, shift);
  v.y = __fmaf_rn(v.y, pair.scale, shift);
  v.z = __fmaf_rn(v.z, pair.scale, shift);
  v.w = __fmaf_rn(v.w, pair.scale, shift);
  values[i] = v;
}

// out = {fma, a * b + c unfused, subnormal half} : what flags of the compiler could change.
extern "C" __global__ void rounding(float* out, float a, float b, float c, float least) {
  out[0] = __fmaf_rn(a, b, c);
  out[1] = a * b + c;
  out[2] = __fmul_rn(least, 0.5f);
  out[3] = __fdiv_rn(a, b);
  out[4] = __fsqrt_rn(a);
}

// Divides by an integer.
extern "C" __global__ void divide(int* out, int by) { out[threadIdx.x] = static_cast<int>(threadIdx.x) / by; }
