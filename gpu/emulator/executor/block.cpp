#include "block.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "../kernel/cuda_threads.h"

namespace emulated {

namespace {
constexpr int WARP = 32;
}

Block& Block::current() {
  static Block block;
  return block;
}

bool Block::Thread::same_place(const Thread& other) const {
  return line == other.line && (file == other.file || std::strcmp(file, other.file) == 0);
}

std::optional<std::string> Block::run(const std::vector<uint3>& indices, std::uint64_t draw,
                                      std::function<void()> body) {
  int threads = static_cast<int>(indices.size());
  threads_.assign(threads, Thread{});
  slots_.resize((threads + WARP - 1) / WARP);
  body_ = std::move(body);
  indices_ = indices.data();
  descending_ = draw & 1;
  offset_ = static_cast<int>((draw >> 1) % threads);
  start_threads();
  while (true) {
    while (open_warp_barriers()) {
    }
    if (std::all_of(threads_.begin(), threads_.end(), [](const Thread& t) { return t.state == State::DONE; })) {
      return std::nullopt;
    }
    if (!open_block_barrier()) return "divergent barrier: " + where_threads_are();
  }
}

void Block::abandon() {
  for (Thread& thread : threads_) thread = Thread{};
  idle_.clear();
  for (auto& fiber : fibers_) {
    fiber->reset();
    idle_.push_back(fiber.get());
  }
}

// Runs on a fiber: takes threads until none is left to start. A thread that waits in body_() keeps this fiber.
void Block::carry() {
  Block& block = current();
  while (true) {
    while (block.next_ < static_cast<int>(block.threads_.size())) {
      block.running_ = block.in_order(block.next_++);
      block.threads_[block.running_].state = State::RUNNING;
      thread_index = block.indices_[block.running_];
      block.body_();
      block.threads_[block.running_].state = State::DONE;
    }
    Fiber* fiber = block.running_fiber_;
    block.idle_.push_back(fiber);
    fiber->leave();
  }
}

int Block::in_order(int position) const {
  int threads = static_cast<int>(threads_.size());
  int thread = position + offset_;
  if (thread >= threads) thread -= threads;
  return descending_ ? threads - 1 - thread : thread;
}

Fiber* Block::idle_fiber() {
  if (idle_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>(carry));
    return fibers_.back().get();
  }
  Fiber* fiber = idle_.back();
  idle_.pop_back();
  return fiber;
}

void Block::start_threads() {
  next_ = 0;
  while (next_ < static_cast<int>(threads_.size())) {
    running_fiber_ = idle_fiber();
    running_fiber_->enter();
  }
}

void Block::resume(int thread) {
  running_ = thread;
  running_fiber_ = threads_[thread].fiber;
  threads_[thread].state = State::RUNNING;
  thread_index = indices_[thread];
  running_fiber_->enter();
}

void Block::park(State state, const char* file, int line) {
  Thread& thread = threads_[running_];
  thread.state = state;
  thread.fiber = running_fiber_;
  thread.file = file;
  thread.line = line;
  thread.fiber->leave();
}

void Block::wait_for_block(const char* file, int line) { park(State::AT_BLOCK_BARRIER, file, line); }

void Block::wait_for_warp(std::uint32_t mask, const char* file, int line) {
  threads_[running_].mask = mask & lanes_of_running_warp();
  park(State::AT_WARP_BARRIER, file, line);
}

// Two sets of slots, in turn: a lane may write for the next exchange while another still reads from the last.
std::uint64_t* Block::exchange_slots() {
  return slots_[running_ / WARP].value[threads_[running_].exchanges++ & 1];
}

std::uint32_t Block::lanes_of_running_warp() const {
  int lanes = std::min(WARP, static_cast<int>(threads_.size()) - running_ / WARP * WARP);
  return lanes == WARP ? 0xffffffffu : (1u << lanes) - 1;
}

bool Block::open_warp_barriers() {
  bool opened = false;
  for (int i = 0; i < static_cast<int>(threads_.size()); i++) {
    int thread = in_order(i);
    if (threads_[thread].state == State::AT_WARP_BARRIER) {
      opened |= open_warp_barrier(thread / WARP * WARP, thread % WARP);
    }
  }
  return opened;
}

// Opens if every lane of the mask stands at the same place with the same mask.
bool Block::open_warp_barrier(int first, int lane) {
  const Thread& waiting = threads_[first + lane];
  std::uint32_t mask = waiting.mask;
  for (int i = 0; i < WARP; i++) {
    if (!(mask >> i & 1)) continue;
    const Thread& other = threads_[first + i];
    if (other.state != State::AT_WARP_BARRIER || other.mask != mask || !other.same_place(waiting)) return false;
  }
  for (int i = 0; i < WARP; i++) {
    int next = descending_ ? WARP - 1 - i : i;
    if (mask >> next & 1) resume(first + next);
  }
  return true;
}

bool Block::open_block_barrier() {
  for (const Thread& thread : threads_) {
    if (thread.state != State::AT_BLOCK_BARRIER || !thread.same_place(threads_.front())) return false;
  }
  descending_ = !descending_;
  int threads = static_cast<int>(threads_.size());
  for (int i = 0; i < threads; i++) resume(in_order(i));
  return true;
}

std::string Block::where_threads_are() const {
  std::map<std::string, std::pair<int, int>> places;  // place: how many threads, the first of them
  for (int i = 0; i < static_cast<int>(threads_.size()); i++) {
    const Thread& thread = threads_[i];
    std::string place = thread.state == State::DONE ? "left the kernel" : "";
    if (thread.state == State::AT_BLOCK_BARRIER) place = "wait for the block";
    if (thread.state == State::AT_WARP_BARRIER) place = "wait for their warp";
    if (thread.state != State::DONE) {
      place += " at line " + std::to_string(thread.line) + " of " + thread.file;
    }
    auto [found, is_new] = places.try_emplace(place, 0, i);
    found->second.first++;
  }
  std::string text;
  for (auto& [place, who] : places) {
    text += (text.empty() ? "" : ", ") + std::to_string(who.first) + " threads (" + std::to_string(who.second) +
            " the first) " + place;
  }
  return text;
}

}  // namespace emulated
