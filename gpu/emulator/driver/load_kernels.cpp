// The kernels are a library of their own beside this one: all its thread-local memory is shared memory.
#include <dlfcn.h>

#include <string>

#include "journal.h"
#include "status.h"

namespace emulated {

void load_kernels() {
  static void* loaded = nullptr;
  if (loaded != nullptr) return;
  Dl_info self;
  dladdr(reinterpret_cast<void*>(&load_kernels), &self);
  std::string path = self.dli_fname;
  path = path.substr(0, path.rfind('/') + 1) + "libemulated_kernels.so";
  loaded = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded != nullptr) return;
  journal().fault(std::string("the kernels cannot be loaded: ") + dlerror());
  refuse(ERROR_NOT_INITIALIZED);
}

}  // namespace emulated
