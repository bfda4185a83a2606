// A stack of its own for each thread of a block that waits at a barrier.
#pragma once

namespace emulated {

class Fiber {
 public:
  // The entry must never return.
  explicit Fiber(void (*entry)());
  Fiber(const Fiber&) = delete;
  ~Fiber();

  // Forgets what was running and starts at the entry again.
  void reset();

  // Leaves the host thread's own stack for this fiber, and returns when the fiber calls leave().
  void enter();

  // Called on the fiber: goes back to enter().
  void leave();

 private:
  void (*entry_)();
  char* stack_;
  unsigned stagger_;
  void* stack_pointer_ = nullptr;
  void* host_stack_pointer_ = nullptr;
};

}  // namespace emulated
