// One block of threads: starts them, lets them through barriers, says where they diverged.
//
// Threads run one after another on a carrier fiber. A thread that meets a barrier keeps that fiber and another one
// carries on, so a kernel without barriers costs no switch at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../kernel/cuda_types.h"
#include "fiber.h"

namespace emulated {

class Block {
 public:
  static Block& current();

  // Runs one thread an index; `body` is called once a thread, and thread_index is that of the thread that runs. The draw
  // chooses the order of threads. Returns where they diverged, if they did.
  std::optional<std::string> run(const std::vector<uint3>& indices, std::uint64_t draw, std::function<void()> body);

  // Gives up what is still waiting, after a fault.
  void abandon();

  int running_thread() const { return running_; }

  // Called by the thread that runs.
  void wait_for_block(const char* file, int line);
  void wait_for_warp(std::uint32_t mask, const char* file, int line);
  std::uint64_t* exchange_slots();
  std::uint32_t lanes_of_running_warp() const;

 private:
  enum class State { NOT_STARTED, RUNNING, AT_BLOCK_BARRIER, AT_WARP_BARRIER, DONE };

  struct Thread {
    State state = State::NOT_STARTED;
    Fiber* fiber = nullptr;
    std::uint32_t mask = 0;
    const char* file = nullptr;
    int line = 0;
    int exchanges = 0;
    bool same_place(const Thread& other) const;
  };

  struct WarpSlots {
    std::uint64_t value[2][32];
  };

  static void carry();
  int in_order(int position) const;
  void start_threads();
  void resume(int thread);
  bool open_warp_barriers();
  bool open_warp_barrier(int first, int lane);
  bool open_block_barrier();
  std::string where_threads_are() const;
  void park(State state, const char* file, int line);
  Fiber* idle_fiber();

  std::vector<Thread> threads_;
  std::vector<WarpSlots> slots_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
  std::function<void()> body_;
  const uint3* indices_ = nullptr;
  Fiber* running_fiber_ = nullptr;
  int running_ = 0, next_ = 0, offset_ = 0;
  bool descending_ = false;
};

}  // namespace emulated
