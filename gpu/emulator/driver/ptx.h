// What a driver checks in PTX before it would compile it: version, target, and the signature of every kernel.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace emulated {

struct PtxEntry {
  std::vector<std::size_t> parameter_bytes = {};
  unsigned max_threads = 1024;       // .maxntid, from __launch_bounds__
  std::size_t shared_bytes = 0;  // declared in the kernel itself
};

struct PtxModule {
  int version = 0, target = 0;  // major * 10 + minor; sm number
  std::map<std::string, PtxEntry> entries = {};
  std::size_t function_shared_bytes = 0;  // declared in functions that were not inlined: any kernel may call them
};

// Throws std::invalid_argument with a sentence if the text is no PTX.
PtxModule parse_ptx(const std::string& text);

}  // namespace emulated
