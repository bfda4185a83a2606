// Streams and events: queues whose work runs as late as the API allows.
//
// Nothing runs when it is put into a stream. It runs when the host waits for it (or asks a second time whether it is
// done: the first question is answered "not ready"), and streams that do not depend on each other run interleaved in an
// order drawn from the seed. So whoever forgets to synchronise reads old data, on every run.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace emulated {

struct Context;
struct Capture;

using Operation = std::function<void()>;

enum class NodeKind { KERNEL = 0, MEMCPY = 1, MEMSET = 2, HOST = 3, EMPTY = 5 };  // CUgraphNodeType

struct Stream {
  Context* context;
  bool waits_for_legacy;  // CU_STREAM_DEFAULT; CU_STREAM_NON_BLOCKING does not
  std::deque<Operation> queue = {};
  std::uint64_t pushed = 0, done = 0;
  bool asked = false;  // whether cuStreamQuery has been answered "not ready" since work was last added
  std::shared_ptr<Capture> capture = nullptr;
  std::vector<int> tail = {};  // while capturing: the nodes that the next one comes after

  bool idle() const { return done == pushed; }
};

struct Event {
  Context* context;
  bool timed;
  std::shared_ptr<Stream> stream = nullptr;  // where it was last recorded, and behind how much work
  std::uint64_t position = 0;
  double milliseconds = 0;
  bool asked = false;
  std::shared_ptr<Capture> capture = nullptr;  // if it was last recorded in a capture
  std::vector<int> nodes = {};

  bool complete() const { return stream == nullptr || stream->done >= position; }
};

// Adds work to the stream, or a node to the graph that the stream is being captured into.
void enqueue(const std::shared_ptr<Stream>& stream, NodeKind kind, Operation operation);

void record(const std::shared_ptr<Event>& event, const std::shared_ptr<Stream>& stream);
void wait_for(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Event>& event);

// Runs the stream's work up to that position.
void run_until(Stream& stream, std::uint64_t position);
inline void drain(Stream& stream) { run_until(stream, stream.pushed); }

// Runs everything in the context, streams interleaved.
void drain_all(Context& context);

// A number that follows from the machine's seed and from how many were drawn before.
std::uint64_t draw();
void restart_draws();

}  // namespace emulated
