// How a compiled kernel becomes known to the emulated driver. The build writes one Registration a kernel behind the
// source it found it in; the types of the parameters give sizes, alignments and which of them are pointers.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace emulated {

struct Parameter {
  std::size_t bytes, alignment;
  bool pointer;
};

struct Kernel {
  const char* name;
  void (*call)(void (*function)(), void** arguments);
  void (*function)();
  std::vector<Parameter> parameters;

  void run(void** arguments) const { call(function, arguments); }
};

// Shared memory of the calling host thread, as the kernels' library lays it out.
struct SharedMemory {
  struct Range {
    char* start;
    std::size_t bytes;
  };
  std::vector<Range> fixed;    // __shared__ variables of all kernels
  std::vector<Range> dynamic;  // extern __shared__ arrays: one array a name, each as large as a block may ask for
};

extern "C" void emulated_register_kernel(const Kernel* kernel);
extern "C" void emulated_register_shared_memory(SharedMemory (*find)());

template <class... A, std::size_t... I>
inline void call_with(void (*function)(A...), [[maybe_unused]] void** arguments, std::index_sequence<I...>) {
  function(*static_cast<std::remove_cv_t<std::remove_reference_t<A>>*>(arguments[I])...);
}

struct Registration {
  Kernel kernel;

  template <class... A>
  Registration(const char* name, void (*function)(A...))
      : kernel{name,
               [](void (*f)(), void** arguments) {
                 call_with(reinterpret_cast<void (*)(A...)>(f), arguments, std::index_sequence_for<A...>{});
               },
               reinterpret_cast<void (*)()>(function),
               {Parameter{sizeof(A), alignof(A), std::is_pointer_v<A>}...}} {
    emulated_register_kernel(&kernel);
  }
};

}  // namespace emulated
