// Streams, events, capture.
#include "api.h"

using namespace emulated;

namespace {

constexpr unsigned NON_BLOCKING = 1;    // CU_STREAM_NON_BLOCKING
constexpr unsigned DISABLE_TIMING = 2;  // CU_EVENT_DISABLE_TIMING

std::shared_ptr<Event> find_event(Context& context, void* handle) {
  auto event = driver().events.find(handle);
  require(event->context == &context, ERROR_INVALID_HANDLE);
  return event;
}

}  // namespace

CUDA_API cuStreamCreate(void** stream, unsigned flags) {
  return in_context([&](Context& context) {
    require(flags <= NON_BLOCKING, ERROR_INVALID_VALUE);
    *stream = driver().streams.add(std::make_shared<Stream>(Stream{&context, (flags & NON_BLOCKING) == 0}));
  });
}

CUDA_API cuStreamCreateWithPriority(void** stream, unsigned flags, int) { return cuStreamCreate(stream, flags); }

// The work left in it still runs, when something waits for it.
CUDA_API cuStreamDestroy_v2(void* handle) {
  return in_context([&](Context& context) {
    auto stream = find_stream(context, handle);
    require(stream != context.legacy, ERROR_INVALID_HANDLE);
    refuse_while_captured(*stream);
    driver().streams.remove(handle);
    if (!stream->idle()) context.retired.push_back(stream);
  });
}

CUDA_API cuStreamSynchronize(void* handle) {
  return in_context([&](Context& context) {
    auto stream = find_stream(context, handle);
    refuse_while_captured(*stream);
    if (stream == context.legacy) enqueue(stream, NodeKind::EMPTY, [] {});  // behind the blocking streams
    drain(*stream);
    note_synchronization();
  });
}

CUDA_API cuStreamQuery(void* handle) {
  return in_context([&](Context& context) {
    auto stream = find_stream(context, handle);
    refuse_while_captured(*stream);
    if (stream->idle()) return;
    if (!stream->asked) {
      stream->asked = true;
      refuse(ERROR_NOT_READY);
    }
    drain(*stream);
  });
}

CUDA_API cuStreamWaitEvent(void* handle, void* event, unsigned flags) {
  return in_context([&](Context& context) {
    require(flags == 0, ERROR_INVALID_VALUE);
    wait_for(find_stream(context, handle), find_event(context, event));
  });
}

CUDA_API cuStreamBeginCapture_v2(void* handle, int mode) {
  return in_context([&](Context& context) {
    require(mode >= 0 && mode <= 2, ERROR_INVALID_VALUE);
    begin_capture(find_stream(context, handle), static_cast<CaptureMode>(mode));
  });
}

CUDA_API cuStreamEndCapture(void* handle, void** graph) {
  return in_context([&](Context& context) {
    *graph = nullptr;
    *graph = driver().graphs.add(end_capture(*find_stream(context, handle)));
  });
}

CUDA_API cuStreamIsCapturing(void* handle, int* status) {
  return in_context([&](Context& context) {
    auto stream = find_stream(context, handle);
    *status = stream->capture == nullptr ? 0 : stream->capture->invalid ? 2 : 1;  // CUstreamCaptureStatus
  });
}

CUDA_API cuLaunchHostFunc(void* handle, void (*function)(void*), void* state) {
  return in_context([&](Context& context) {
    require(function != nullptr, ERROR_INVALID_VALUE);
    enqueue(find_stream(context, handle), NodeKind::HOST, [function, state] { function(state); });
  });
}

CUDA_API cuEventCreate(void** event, unsigned flags) {
  return in_context([&](Context& context) {
    *event = driver().events.add(std::make_shared<Event>(Event{&context, (flags & DISABLE_TIMING) == 0}));
  });
}

CUDA_API cuEventDestroy_v2(void* handle) {
  return in_context([&](Context& context) {
    find_event(context, handle);
    driver().events.remove(handle);
  });
}

CUDA_API cuEventRecord(void* handle, void* stream) {
  return in_context([&](Context& context) { record(find_event(context, handle), find_stream(context, stream)); });
}

CUDA_API cuEventSynchronize(void* handle) {
  return in_context([&](Context& context) {
    auto event = find_event(context, handle);
    if (event->capture != nullptr) {
      invalidate(*event->capture);
      refuse(ERROR_CAPTURED_EVENT);
    }
    if (event->stream != nullptr) run_until(*event->stream, event->position);
    note_synchronization();
  });
}

CUDA_API cuEventQuery(void* handle) {
  return in_context([&](Context& context) {
    auto event = find_event(context, handle);
    if (event->capture != nullptr) {
      invalidate(*event->capture);
      refuse(ERROR_CAPTURED_EVENT);
    }
    if (event->complete()) return;
    if (!event->asked) {
      event->asked = true;
      refuse(ERROR_NOT_READY);
    }
    run_until(*event->stream, event->position);
  });
}

CUDA_API cuEventElapsedTime(float* milliseconds, void* start, void* end) {
  return in_context([&](Context& context) {
    auto first = find_event(context, start), last = find_event(context, end);
    require(first->timed && last->timed && first->stream != nullptr && last->stream != nullptr, ERROR_INVALID_HANDLE);
    require(first->complete() && last->complete(), ERROR_NOT_READY);
    *milliseconds = static_cast<float>(last->milliseconds - first->milliseconds);
  });
}
