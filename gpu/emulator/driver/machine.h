// What the emulated machine is. Every property has an environment variable and can be changed by emulated_present().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace emulated {

// Whether the library rounds fp32 operands to TF32: NVIDIA_TF32_OVERRIDE is what does that to a real one.
enum class Tf32 { AS_ASKED, ALWAYS, NEVER };

struct Machine {
  int capability = 90;                      // EMULATED_CUDA_CAPABILITY, "9.0": major * 10 + minor
  std::size_t memory = std::size_t{2} << 30;  // EMULATED_CUDA_MEMORY, in MiB, of each device
  int devices = 1;                          // EMULATED_CUDA_DEVICES, 0 to 2
  int driver = 12060;                       // EMULATED_CUDA_DRIVER, "12.6": major * 1000 + minor * 10
  int multiprocessors = 4;                  // EMULATED_CUDA_MULTIPROCESSORS, 1 to 1024, of each device
  std::uint64_t seed = 1;                   // EMULATED_CUDA_SEED: order of blocks, threads and independent streams
  Tf32 tf32 = Tf32::AS_ASKED;               // EMULATED_CUBLAS_TF32, "as-asked", "always" or "never"
  bool bf16x9 = false;                      // EMULATED_CUBLAS_BF16X9, 0 or 1: binary32 products from nine of bfloat16
  std::size_t wrong_bit = 0;                // EMULATED_CUDA_WRONG_BIT: copies to the host or on the device of at least
                                            // so many bytes get one bit wrong; 0 is none
};

Machine& machine();

// Sets the property that the environment variable names. False if there is none of that name or the value is none.
bool present(const std::string& variable, const std::string& value);

// Back to the environment's machine.
void present_environment();

// The newest PTX that the driver's version reads, major * 10 + minor.
int newest_ptx(int driver);

}  // namespace emulated
