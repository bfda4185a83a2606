// Modules: PTX whose kernels exist, with the same parameters, among those that g++ compiled; and their launches.
#pragma once

#include <memory>
#include <string>

#include "../executor/executor.h"
#include "ptx.h"
#include "stream.h"

namespace emulated {

struct Context;

struct Module {
  Context* context;
  PtxModule ptx;
  bool unloaded = false;
};

struct Function {
  Context* context;
  std::shared_ptr<Module> module;
  const Kernel* kernel;
  PtxEntry entry;
  std::size_t max_dynamic_shared_bytes;
};

// Limits of every emulated device; deviceQuery of a real one of capability 8.0 or 9.0 says the same.
constexpr unsigned MAX_THREADS = 1024, MAX_BLOCK_Z = 64, MAX_GRID_X = 2147483647, MAX_GRID_YZ = 65535;
constexpr std::size_t SHARED_BYTES = 48 << 10;
std::size_t shared_bytes_on_request();  // 64 KiB at 7.5, 163 KiB at 8.0, 227 KiB at 9.0

// Refuses, after saying why in the journal, what a driver or a device of this machine would refuse.
std::shared_ptr<Module> load_module(Context& context, const char* image);

std::shared_ptr<Function> find_function(const std::shared_ptr<Module>& module, const std::string& name);

// Copies the parameters at once, as CUDA does. Exactly one of `parameters` and `extra` is given, unless there are none.
void launch(Context& context, const std::shared_ptr<Function>& function, const LaunchShape& shape,
            const std::shared_ptr<Stream>& stream, void** parameters, void** extra);

}  // namespace emulated
