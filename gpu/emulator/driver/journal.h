// What the emulated device has seen: faults as text, and counters.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace emulated {

// To add a counter: a line here, and journal().add(...) where it is counted.
#define EMULATED_COUNTERS(X)                                                                                         \
  X(API_CALLS, "api-calls")                      /* of the driver and of cuBLAS */                                   \
  X(ALLOCATIONS, "allocations")                  /* of device memory */                                              \
  X(PINNED_ALLOCATIONS, "pinned-allocations")                                                                        \
  X(COPIES_TO_DEVICE, "copies-to-device")        /* asked for; a captured one counts once, when captured */          \
  X(COPIES_TO_HOST, "copies-to-host")                                                                                \
  X(COPIES_ON_DEVICE, "copies-on-device")                                                                            \
  X(MEMSETS, "memsets")                                                                                              \
  X(KERNEL_LAUNCHES, "kernel-launches")          /* asked for, as above */                                           \
  X(KERNELS_RUN, "kernels-run")                  /* run, those of graphs too */                                      \
  X(GRAPH_LAUNCHES, "graph-launches")                                                                                \
  X(LIBRARY_CALLS, "library-calls")              /* cuBLAS work put into a stream */                                 \
  X(LIBRARY_CALLS_WITHOUT_WORKSPACE, "library-calls-without-workspace")                                              \
  X(SYNCHRONIZATIONS, "synchronizations")        /* the host waited: blocking copies and frees too */                \
  X(LIVE_CUBLAS_HANDLES, "live-cublas-handles")

enum class Counter {
#define EMULATED_COUNTER(name, text) name,
  EMULATED_COUNTERS(EMULATED_COUNTER)
#undef EMULATED_COUNTER
      COUNT
};

class Journal {
 public:
  // Keeps the text; the first one is what a test reports.
  void fault(const std::string& text);
  const std::deque<std::string>& faults() const { return faults_; }
  void forget_faults() { faults_.clear(); }

  // Why the last module was refused, for the caller's log buffer.
  void explain(const std::string& text) { explanation_ = text; }
  const std::string& explanation() const { return explanation_; }

  void add(Counter counter, long long change = 1) { counters_[static_cast<std::size_t>(counter)] += change; }
  long long value(Counter counter) const { return counters_[static_cast<std::size_t>(counter)]; }

  // False if there is no counter of that name.
  bool find(const std::string& name, Counter& counter) const;

  void clear();

 private:
  std::deque<std::string> faults_;  // a deque: its strings stay where they are
  std::string explanation_;
  long long counters_[static_cast<std::size_t>(Counter::COUNT)] = {};
};

Journal& journal();

}  // namespace emulated
