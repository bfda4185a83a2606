#include "journal.h"

#include <algorithm>
#include <iterator>

namespace emulated {

Journal& journal() {
  static Journal journal;
  return journal;
}

void Journal::fault(const std::string& text) { faults_.push_back(text); }

bool Journal::find(const std::string& name, Counter& counter) const {
  static const char* const names[] = {
#define EMULATED_COUNTER_NAME(name, text) text,
      EMULATED_COUNTERS(EMULATED_COUNTER_NAME)
#undef EMULATED_COUNTER_NAME
  };
  auto found = std::find(std::begin(names), std::end(names), name);
  counter = static_cast<Counter>(found - std::begin(names));
  return found != std::end(names);
}

// Handles that still live stay counted.
void Journal::clear() {
  faults_.clear();
  long long handles = value(Counter::LIVE_CUBLAS_HANDLES);
  std::fill(std::begin(counters_), std::end(counters_), 0);
  add(Counter::LIVE_CUBLAS_HANDLES, handles);
}

}  // namespace emulated
