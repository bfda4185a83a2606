#include "context.h"

#include "journal.h"

namespace emulated {

namespace {

constexpr std::uintptr_t LEGACY = 1;  // CU_STREAM_LEGACY

template <class T>
void list(std::vector<std::string>& lines, const Handles<T>& handles, const Context* context, const char* kind) {
  int count = 0;
  for (auto& [handle, object] : handles.all()) count += context == nullptr || object->context == context;
  if (count > 0) lines.push_back(std::to_string(count) + " " + kind + (count == 1 ? "" : "s") + " not released");
}

template <class T>
void forget(Handles<T>& handles, const Context& context) {
  handles.remove_if([&](const T& object) { return object.context == &context; });
}

}  // namespace

Driver& driver() {
  static Driver driver;
  return driver;
}

void* create_context(int device, bool primary) {
  auto context = std::make_shared<Context>(Context{device, primary});
  context->legacy = std::make_shared<Stream>(Stream{context.get(), false});
  return driver().contexts.add(context);
}

void destroy_context(void* handle) {
  auto context = driver().contexts.find(handle, ERROR_INVALID_CONTEXT);
  drain_all(*context);
  driver().memory.check_canaries();
  if (context->sticky == SUCCESS) {
    for (auto& line : unreleased(context.get())) journal().fault("context destroyed with " + line);
    if (driver().contexts.all().size() == 1 && journal().value(Counter::LIVE_CUBLAS_HANDLES) > 0) {
      journal().fault("last context destroyed with " + std::to_string(journal().value(Counter::LIVE_CUBLAS_HANDLES)) +
                      " cublas handles not destroyed");
    }
  }
  forget(driver().streams, *context);
  forget(driver().events, *context);
  forget(driver().functions, *context);
  forget(driver().modules, *context);
  forget(driver().executables, *context);
  forget(driver().graphs, *context);
  driver().memory.release_all(*context);
  driver().contexts.remove(handle);
}

void* primary_context(int device) {
  for (auto& [handle, context] : driver().contexts.all()) {
    if (context->primary && context->device == device) return handle;
  }
  return nullptr;
}

std::vector<void*>& current_contexts() {
  static thread_local std::vector<void*> stack;
  return stack;
}

Context& current_context() {
  require(!current_contexts().empty(), ERROR_INVALID_CONTEXT);
  return *driver().contexts.find(current_contexts().back(), ERROR_CONTEXT_IS_DESTROYED);
}

std::vector<std::shared_ptr<Stream>> streams_of(const Context& context) {
  std::vector<std::shared_ptr<Stream>> streams = context.retired;
  for (auto& [handle, stream] : driver().streams.all()) {
    if (stream->context == &context) streams.push_back(stream);
  }
  return streams;
}

std::shared_ptr<Stream> find_stream(Context& context, void* handle) {
  if (handle == nullptr || reinterpret_cast<std::uintptr_t>(handle) == LEGACY) return context.legacy;
  auto stream = driver().streams.find(handle);
  require(stream->context == &context, ERROR_INVALID_HANDLE);
  return stream;
}

std::vector<std::string> unreleased(const Context* context) {
  std::vector<std::string> lines;
  for (auto& [address, allocation] : driver().memory.all()) {
    if (context == nullptr || allocation.context == context) lines.push_back(text_of(allocation) + " not released");
  }
  list(lines, driver().streams, context, "stream");
  list(lines, driver().events, context, "event");
  list(lines, driver().modules, context, "module");
  list(lines, driver().graphs, context, "graph");
  list(lines, driver().executables, context, "executable graph");
  return lines;
}

void note_synchronization() {
  journal().add(Counter::SYNCHRONIZATIONS);
  driver().memory.check_canaries();
}

}  // namespace emulated
