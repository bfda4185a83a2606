#include "stream.h"

#include <algorithm>
#include <chrono>

#include "capture.h"
#include "context.h"
#include "machine.h"
#include "status.h"

namespace emulated {

namespace {

std::uint64_t drawn = 0;

double now() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

void push(Stream& stream, Operation operation) {
  stream.queue.push_back(std::move(operation));
  stream.pushed++;
  stream.asked = false;
}

void push_wait(Stream& stream, const std::shared_ptr<Stream>& other) {
  if (!other->idle()) push(stream, [other, position = other->pushed] { run_until(*other, position); });
}

}  // namespace

void restart_draws() { drawn = 0; }

// splitmix64.
std::uint64_t draw() {
  std::uint64_t z = machine().seed * 0x9e3779b97f4a7c15u + ++drawn * 0xd1b54a32d192ed03u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void enqueue(const std::shared_ptr<Stream>& stream, NodeKind kind, Operation operation) {
  Context& context = *stream->context;
  if (stream->capture != nullptr) {
    add_node(*stream, kind, std::move(operation));
    return;
  }
  if (stream == context.legacy) {
    refuse_legacy_while_capturing(context);
    for (auto& other : streams_of(context)) {
      if (other->waits_for_legacy) push_wait(*stream, other);
    }
  } else if (stream->waits_for_legacy) {
    push_wait(*stream, context.legacy);
  }
  push(*stream, std::move(operation));
}

// A failed operation has set the context's status; the device does nothing more then.
void run_until(Stream& stream, std::uint64_t position) {
  while (stream.done < position && !stream.queue.empty()) {
    Operation operation = std::move(stream.queue.front());
    stream.queue.pop_front();
    stream.done++;
    if (stream.context->sticky == SUCCESS) operation();
  }
}

void drain_all(Context& context) {
  std::vector<std::shared_ptr<Stream>> busy = streams_of(context);
  busy.push_back(context.legacy);
  while (true) {
    busy.erase(std::remove_if(busy.begin(), busy.end(), [](auto& stream) { return stream->idle(); }), busy.end());
    if (busy.empty()) break;
    Stream& chosen = *busy[draw() % busy.size()];
    run_until(chosen, chosen.done + 1);
  }
  context.retired.clear();
}

void record(const std::shared_ptr<Event>& event, const std::shared_ptr<Stream>& stream) {
  event->asked = false;
  if (stream->capture != nullptr) {
    require(!stream->capture->invalid, ERROR_STREAM_CAPTURE_INVALIDATED);
    event->capture = stream->capture;
    event->nodes = stream->tail;
    event->stream = nullptr;
    return;
  }
  std::weak_ptr<Event> recorded = event;
  enqueue(stream, NodeKind::EMPTY, [recorded] {
    if (auto alive = recorded.lock()) alive->milliseconds = now();
  });
  event->capture = nullptr;
  event->stream = stream;
  event->position = stream->pushed;
}

void wait_for(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Event>& event) {
  if (event->capture != nullptr) {
    join_capture(*stream, *event);
  } else if (stream->capture != nullptr) {
    if (event->stream == nullptr) return;  // never recorded: nothing to wait for
    invalidate(*stream->capture);
    refuse(ERROR_STREAM_CAPTURE_ISOLATION);
  } else if (!event->complete() && event->stream != stream) {
    auto other = event->stream;
    enqueue(stream, NodeKind::EMPTY, [other, position = event->position] { run_until(*other, position); });
  }
}

}  // namespace emulated
