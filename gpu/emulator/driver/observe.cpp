// What a test may ask and order: exported beside the CUDA API. The Java side is EmulatedDevice.
#include <string>

#include "api.h"
#include "device_bridge.h"
#include "machine.h"

#define OBSERVE extern "C" __attribute__((visibility("default")))

using namespace emulated;

namespace {

void (*forget_library_handles)() = nullptr;

// The text of the last report, for the caller to read before it asks again.
std::string& report_text() {
  static std::string text;
  return text;
}

long long live(const std::string& name) {
  Driver& all = driver();
  if (name == "live-device-allocations") return all.memory.count(Space::DEVICE);
  if (name == "live-device-bytes") return all.memory.bytes(Space::DEVICE);
  if (name == "live-pinned-allocations") return all.memory.count(Space::PINNED) + all.memory.count(Space::REGISTERED);
  if (name == "live-pinned-bytes") return all.memory.bytes(Space::PINNED) + all.memory.bytes(Space::REGISTERED);
  if (name == "live-contexts") return static_cast<long long>(all.contexts.all().size());
  if (name == "live-streams") return static_cast<long long>(all.streams.all().size());
  if (name == "live-events") return static_cast<long long>(all.events.all().size());
  if (name == "live-modules") return static_cast<long long>(all.modules.all().size());
  if (name == "live-graphs") return static_cast<long long>(all.graphs.all().size());
  if (name == "live-executable-graphs") return static_cast<long long>(all.executables.all().size());
  return -1;
}

}  // namespace

namespace emulated {
extern "C" __attribute__((visibility("default"))) void emulated_library_on_reset(void (*forget)()) {
  forget_library_handles = forget;
}

// Called by the stubs.
extern "C" __attribute__((visibility("default"))) int emulated_unimplemented(const char* name) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  journal().fault(std::string(name) + " is not emulated");
  return ERROR_NOT_SUPPORTED;
}
}  // namespace emulated

// The counter of that name (journal.h), or the number of live things (above); -1 if there is none.
OBSERVE long long emulated_count(const char* name) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  Counter counter;
  return journal().find(name, counter) ? journal().value(counter) : live(name);
}

// The first fault as a sentence, or null. Looks at the canaries first; valid until the faults are forgotten.
OBSERVE const char* emulated_first_fault() {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  driver().memory.check_canaries();
  return journal().faults().empty() ? nullptr : journal().faults().front().c_str();
}

// The test has seen the faults that it provoked.
OBSERVE void emulated_forget_faults() {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  journal().forget_faults();
}

// Every fault and everything not released, one a line; empty if there is none. Valid until the next call.
OBSERVE const char* emulated_report() {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  driver().memory.check_canaries();
  std::string& text = report_text();
  text.clear();
  for (auto& fault : journal().faults()) text += fault + "\n";
  for (auto& line : unreleased(nullptr)) text += line + "\n";
  if (!driver().contexts.all().empty()) {
    text += std::to_string(driver().contexts.all().size()) + " contexts not released\n";
  }
  if (long long handles = journal().value(Counter::LIVE_CUBLAS_HANDLES)) {
    text += std::to_string(handles) + " cublas handles not destroyed\n";
  }
  return text.c_str();
}

// 1 if the machine now has that property (machine.h); 0 if there is no such property or value.
OBSERVE int emulated_present(const char* variable, const char* value) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  return present(variable, value) ? 1 : 0;
}

// A fresh machine, as the environment has it: nothing initialised, live, counted, injected or at fault.
OBSERVE void emulated_reset() {
  {
    std::lock_guard<std::recursive_mutex> lock(device_lock());
    while (!driver().contexts.all().empty()) {
      auto& [handle, context] = *driver().contexts.all().begin();
      context->sticky = ERROR_CONTEXT_IS_DESTROYED;  // nothing more runs
      destroy_context(handle);
    }
    driver().initialized = false;
    driver().unavailable = false;
    current_contexts().clear();
    journal().clear();
    injection() = Injection();
    present_environment();
    restart_draws();
  }
  if (forget_library_handles != nullptr) forget_library_handles();
}

// The n-th call from now on fails (1 is the next), see injection.h; 0 takes the order back.
OBSERVE void emulated_fail_allocation(long long n) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  injection().allocation.set(n);
}

OBSERVE void emulated_fail_launch(long long n) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  injection().launch.set(n);
}

// From now on a launch runs only this block of its grid (x fastest): what a kernel does at the far end of a tensor that
// would take hours, or more memory than there is, to go through. -1 runs all blocks again.
OBSERVE void emulated_run_only_block(long long number) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  injection().only_block = number;
}

OBSERVE void emulated_lose_device(long long n, int status) {
  std::lock_guard<std::recursive_mutex> lock(device_lock());
  injection().loss.set(n);
  injection().lost_status = static_cast<Status>(status);
}
