#include "capture.h"

#include <algorithm>

#include "context.h"
#include "status.h"

namespace emulated {

namespace {

template <class Condition>
void refuse_if_captured(Context& context, Status status, Condition concerns) {
  bool found = false;
  for (auto& stream : streams_of(context)) {
    if (stream->capture != nullptr && concerns(*stream->capture)) {
      invalidate(*stream->capture);
      found = true;
    }
  }
  require(!found, status);
}

// Whether every captured node comes before the end of the stream that began the capture.
bool joined(const Capture& capture) {
  std::vector<bool> reached(capture.graph.nodes.size());
  std::vector<int> open = capture.origin->tail;
  while (!open.empty()) {
    int node = open.back();
    open.pop_back();
    if (reached[node]) continue;
    reached[node] = true;
    const auto& after = capture.graph.nodes[node].after;
    open.insert(open.end(), after.begin(), after.end());
  }
  return std::find(reached.begin(), reached.end(), false) == reached.end();
}

}  // namespace

void invalidate(Capture& capture) { capture.invalid = true; }

void begin_capture(const std::shared_ptr<Stream>& stream, CaptureMode mode) {
  require(stream != stream->context->legacy, ERROR_STREAM_CAPTURE_UNSUPPORTED);
  require(stream->capture == nullptr, ERROR_INVALID_VALUE);
  stream->capture =
      std::make_shared<Capture>(Capture{mode, std::this_thread::get_id(), stream.get(), Graph{stream->context}});
  stream->tail.clear();
}

std::shared_ptr<Graph> end_capture(Stream& stream) {
  std::shared_ptr<Capture> capture = stream.capture;
  require(capture != nullptr, ERROR_INVALID_VALUE);
  if (capture->origin != &stream) {
    invalidate(*capture);
    refuse(ERROR_STREAM_CAPTURE_UNMATCHED);
  }
  require(capture->mode == CaptureMode::RELAXED || capture->thread == std::this_thread::get_id(),
          ERROR_STREAM_CAPTURE_WRONG_THREAD);
  bool complete = joined(*capture);
  capture->ended = true;
  for (auto& other : streams_of(*stream.context)) {
    if (other->capture == capture) {
      other->capture = nullptr;
      other->tail.clear();
    }
  }
  require(!capture->invalid, ERROR_STREAM_CAPTURE_INVALIDATED);
  require(complete, ERROR_STREAM_CAPTURE_UNJOINED);
  return std::make_shared<Graph>(std::move(capture->graph));
}

void add_node(Stream& stream, NodeKind kind, Operation operation) {
  Capture& capture = *stream.capture;
  require(!capture.invalid, ERROR_STREAM_CAPTURE_INVALIDATED);
  capture.graph.nodes.push_back({kind, std::move(operation), stream.tail});
  stream.tail = {static_cast<int>(capture.graph.nodes.size()) - 1};
}

void join_capture(Stream& stream, const Event& event) {
  require(!event.capture->ended, ERROR_INVALID_VALUE);
  if (stream.capture == nullptr) {
    require(&stream != stream.context->legacy.get(), ERROR_STREAM_CAPTURE_IMPLICIT);
    stream.capture = event.capture;
    stream.tail = event.nodes;
    return;
  }
  if (stream.capture != event.capture) {
    invalidate(*stream.capture);
    invalidate(*event.capture);
    refuse(ERROR_STREAM_CAPTURE_MERGE);
  }
  require(!stream.capture->invalid, ERROR_STREAM_CAPTURE_INVALIDATED);
  for (int node : event.nodes) {
    if (std::find(stream.tail.begin(), stream.tail.end(), node) == stream.tail.end()) stream.tail.push_back(node);
  }
}

void refuse_while_captured(const Stream& stream) {
  if (stream.capture == nullptr) return;
  invalidate(*stream.capture);
  refuse(ERROR_STREAM_CAPTURE_UNSUPPORTED);
}

void refuse_while_capturing(Context& context) {
  refuse_if_captured(context, ERROR_STREAM_CAPTURE_UNSUPPORTED, [](const Capture&) { return true; });
}

void refuse_unsafe_while_capturing(Context& context) {
  refuse_if_captured(context, ERROR_STREAM_CAPTURE_UNSUPPORTED, [](const Capture& capture) {
    return capture.mode == CaptureMode::GLOBAL ||
           (capture.mode == CaptureMode::THREAD_LOCAL && capture.thread == std::this_thread::get_id());
  });
}

void refuse_legacy_while_capturing(Context& context) {
  refuse_if_captured(context, ERROR_STREAM_CAPTURE_IMPLICIT, [](const Capture&) { return true; });
}

void run_graph(const Graph& graph) {
  std::vector<int> missing(graph.nodes.size());
  std::vector<int> ready;
  for (std::size_t i = 0; i < graph.nodes.size(); i++) {
    missing[i] = static_cast<int>(graph.nodes[i].after.size());
    if (missing[i] == 0) ready.push_back(static_cast<int>(i));
  }
  while (!ready.empty() && graph.context->sticky == SUCCESS) {
    std::swap(ready[draw() % ready.size()], ready.back());
    int node = ready.back();
    ready.pop_back();
    graph.nodes[node].run();
    // A node comes after earlier ones only.
    for (std::size_t i = node + 1; i < graph.nodes.size(); i++) {
      for (int before : graph.nodes[i].after) {
        if (before == node && --missing[i] == 0) ready.push_back(static_cast<int>(i));
      }
    }
  }
}

}  // namespace emulated
