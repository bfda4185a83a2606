// Finds the shared memory of the kernels: the thread-local block of the library that this file is linked into.
#include <link.h>

#include <algorithm>

#include "registration.h"

namespace emulated {
// Written by the build: the arrays declared `extern __shared__`.
std::vector<SharedMemory::Range> dynamic_shared_memory();
}  // namespace emulated

namespace {

// Makes the library have a thread-local block even if no kernel uses shared memory.
thread_local char anchor[16];

struct Block {
  char* start = nullptr;
  std::size_t bytes = 0;
};

int find_block(dl_phdr_info* library, std::size_t, void* result) {
  for (int i = 0; i < library->dlpi_phnum; i++) {
    if (library->dlpi_phdr[i].p_type != PT_TLS || library->dlpi_tls_data == nullptr) continue;
    char* start = static_cast<char*>(library->dlpi_tls_data);
    std::size_t bytes = library->dlpi_phdr[i].p_memsz;
    if (anchor >= start && anchor < start + bytes) {
      *static_cast<Block*>(result) = {start, bytes};
      return 1;
    }
  }
  return 0;
}

emulated::SharedMemory find() {
  anchor[0] = 1;  // a thread gets its block when it first touches it
  Block block;
  dl_iterate_phdr(find_block, &block);
  emulated::SharedMemory memory;
  memory.dynamic = emulated::dynamic_shared_memory();
  std::sort(memory.dynamic.begin(), memory.dynamic.end(), [](auto& a, auto& b) { return a.start < b.start; });
  char* at = block.start;
  for (auto& range : memory.dynamic) {
    memory.fixed.push_back({at, static_cast<std::size_t>(range.start - at)});
    at = range.start + range.bytes;
  }
  memory.fixed.push_back({at, static_cast<std::size_t>(block.start + block.bytes - at)});
  return memory;
}

[[maybe_unused]] const bool registered = (emulated::emulated_register_shared_memory(find), true);

}  // namespace
