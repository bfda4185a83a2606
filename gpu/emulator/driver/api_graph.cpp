// Graphs made by capture, and their executable form.
#include "api.h"

using namespace emulated;

namespace {

template <class T>
std::shared_ptr<T> find(Context& context, const Handles<T>& handles, void* handle) {
  auto found = handles.find(handle, ERROR_INVALID_VALUE);
  require(found->context == &context, ERROR_INVALID_VALUE);
  return found;
}

}  // namespace

CUDA_API cuGraphInstantiateWithFlags(void** executable, void* handle, unsigned long long) {
  return in_context([&](Context& context) {
    auto graph = std::make_shared<const Graph>(*find(context, driver().graphs, handle));
    *executable = driver().executables.add(std::make_shared<GraphExecutable>(GraphExecutable{&context, graph}));
  });
}

// Nodes are named by their place in the graph and answer no further questions.
CUDA_API cuGraphGetNodes(void* handle, void** nodes, std::size_t* count) {
  return in_context([&](Context& context) {
    auto graph = find(context, driver().graphs, handle);
    for (std::size_t i = 0; nodes != nullptr && i < *count; i++) {
      nodes[i] = i < graph->nodes.size() ? reinterpret_cast<void*>(i + 1) : nullptr;
    }
    *count = graph->nodes.size();
  });
}

CUDA_API cuGraphUpload(void* executable, void* stream) {
  return in_context([&](Context& context) {
    find(context, driver().executables, executable);
    refuse_while_captured(*find_stream(context, stream));
  });
}

CUDA_API cuGraphLaunch(void* handle, void* stream) {
  return in_context([&](Context& context) {
    auto executable = find(context, driver().executables, handle);
    auto target = find_stream(context, stream);
    if (target->capture != nullptr) {
      journal().fault("cuGraphLaunch into a capture (a child graph) is not emulated");
      invalidate(*target->capture);
      refuse(ERROR_NOT_SUPPORTED);
    }
    journal().add(Counter::GRAPH_LAUNCHES);
    require(!injection().launch.strikes(), ERROR_LAUNCH_OUT_OF_RESOURCES);
    enqueue(target, NodeKind::EMPTY, [graph = executable->graph] { run_graph(*graph); });
  });
}

CUDA_API cuGraphExecDestroy(void* handle) {
  return in_context([&](Context& context) {
    find(context, driver().executables, handle);
    driver().executables.remove(handle);
  });
}

CUDA_API cuGraphDestroy(void* handle) {
  return in_context([&](Context& context) {
    find(context, driver().graphs, handle);
    driver().graphs.remove(handle);
  });
}
