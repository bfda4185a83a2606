// Contexts, and everything that belongs to one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "capture.h"
#include "handles.h"
#include "memory.h"
#include "module.h"
#include "status.h"
#include "stream.h"

namespace emulated {

struct Context {
  int device;
  bool primary;
  int retained = 0;
  Status sticky = SUCCESS;  // set once the device has failed; every later call returns it
  std::shared_ptr<Stream> legacy = nullptr;
  std::vector<std::shared_ptr<Stream>> retired = {};  // destroyed by the caller, work left
};

// All that exists. A context's things are found by their context field.
struct Driver {
  bool initialized = false;
  bool unavailable = false;  // lost for good: no new context either
  Memory memory;
  Handles<Context> contexts;
  Handles<Stream> streams;
  Handles<Event> events;
  Handles<Module> modules;
  Handles<Function> functions;
  Handles<Graph> graphs;
  Handles<GraphExecutable> executables;
};

Driver& driver();

void* create_context(int device, bool primary);

// Runs what is left, reports what was not released (unless the device failed), releases it.
void destroy_context(void* handle);

// The primary context of a device, or null while nobody retains it.
void* primary_context(int device);

// The calling thread's stack of current contexts.
std::vector<void*>& current_contexts();

// Refuses if there is none or it is destroyed.
Context& current_context();

// With those that were destroyed but still have work.
std::vector<std::shared_ptr<Stream>> streams_of(const Context& context);

// The stream of a handle; 0 and CU_STREAM_LEGACY are the context's legacy stream.
std::shared_ptr<Stream> find_stream(Context& context, void* handle);

// One line for each thing that is not released, of one context or (null) of all.
std::vector<std::string> unreleased(const Context* context);

// The host waits: counted, and a good moment to look at the canaries.
void note_synchronization();

}  // namespace emulated
