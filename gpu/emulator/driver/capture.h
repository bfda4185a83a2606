// Stream capture and the graphs that come of it.
//
// As in CUDA, what a capture forbids is refused and spoils the capture: every later call on it is refused too, and its
// end gives no graph. Stricter: the legacy stream, blocking copies, allocation and release are refused while any stream
// of the context is being captured (unless the mode is RELAXED), copies must be from or to pinned memory, and a graph
// runs its nodes in any order that their dependencies allow, drawn from the seed.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "stream.h"

namespace emulated {

enum class CaptureMode { GLOBAL = 0, THREAD_LOCAL = 1, RELAXED = 2 };  // CUstreamCaptureMode

struct Node {
  NodeKind kind;
  Operation run;
  std::vector<int> after;
};

struct Graph {
  Context* context;
  std::vector<Node> nodes = {};
};

struct GraphExecutable {
  Context* context;
  std::shared_ptr<const Graph> graph;
};

struct Capture {
  CaptureMode mode;
  std::thread::id thread;
  Stream* origin;
  Graph graph;
  bool invalid = false, ended = false;
};

void begin_capture(const std::shared_ptr<Stream>& stream, CaptureMode mode);

// Refuses, and ends the capture all the same, if it was invalidated or misses work of another stream.
std::shared_ptr<Graph> end_capture(Stream& stream);

void add_node(Stream& stream, NodeKind kind, Operation operation);
void join_capture(Stream& stream, const Event& event);
void invalidate(Capture& capture);

// For calls on a stream or an event that must not be made while it is captured.
void refuse_while_captured(const Stream& stream);

// For calls on the whole context.
void refuse_while_capturing(Context& context);

// For calls that CUDA names unsafe: allocation, release, module loading.
void refuse_unsafe_while_capturing(Context& context);

void refuse_legacy_while_capturing(Context& context);

// Runs the nodes until the context fails.
void run_graph(const Graph& graph);

}  // namespace emulated
