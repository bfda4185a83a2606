#include "module.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "context.h"
#include "injection.h"
#include "journal.h"
#include "machine.h"

namespace emulated {

namespace {

// A driver too old or a device too small is the machine's matter; anything else is a fault of the project.
[[noreturn]] void refuse_image(const std::string& why, Status status) {
  journal().explain(why);
  if (status == ERROR_INVALID_IMAGE || status == ERROR_INVALID_PTX) journal().fault("module refused: " + why);
  refuse(status);
}

std::string version_text(int version) { return std::to_string(version / 10) + "." + std::to_string(version % 10); }

void check_kernel(const std::string& name, const PtxEntry& entry) {
  const Kernel* kernel = find_kernel(name);
  if (kernel == nullptr) {
    refuse_image("the PTX has a kernel " + name + " that no source compiled for the emulated device has",
                 ERROR_INVALID_IMAGE);
  }
  std::vector<std::size_t> compiled;
  for (auto& parameter : kernel->parameters) compiled.push_back(parameter.bytes);
  if (compiled == entry.parameter_bytes) return;
  auto text = [](const std::vector<std::size_t>& sizes) {
    std::string list;
    for (std::size_t size : sizes) list += " " + std::to_string(size);
    return list;
  };
  refuse_image("kernel " + name + " has parameters of" + text(entry.parameter_bytes) + " bytes in the PTX and of" +
                   text(compiled) + " bytes in the source: is the PTX older than the source?",
               ERROR_INVALID_IMAGE);
}

// The parameters of one launch, copied, and their addresses.
class Arguments {
 public:
  Arguments(const Kernel& kernel, void** parameters, void** extra) {
    require(kernel.parameters.empty() || (parameters == nullptr) != (extra == nullptr), ERROR_INVALID_VALUE);
    std::size_t packed_bytes = 0;
    const char* packed = parameters == nullptr && extra != nullptr ? packed_buffer(extra, packed_bytes) : nullptr;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < kernel.parameters.size(); i++) {
      const Parameter& parameter = kernel.parameters[i];
      offset = (offset + parameter.alignment - 1) / parameter.alignment * parameter.alignment;
      if (packed != nullptr) require(offset + parameter.bytes <= packed_bytes, ERROR_INVALID_VALUE);
      const void* from = packed != nullptr ? packed + offset : parameters[i];
      require(from != nullptr, ERROR_INVALID_VALUE);
      // An allocation of its own: aligned for any type.
      values_.emplace_back((parameter.bytes + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
      std::memcpy(values_.back().data(), from, parameter.bytes);
      offset += parameter.bytes;
    }
    for (auto& value : values_) addresses_.push_back(value.data());
  }

  void** addresses() { return addresses_.data(); }

 private:
  static const char* packed_buffer(void** extra, std::size_t& bytes) {
    const void* buffer = nullptr;
    for (; *extra != nullptr; extra += 2) {  // CU_LAUNCH_PARAM_END
      auto key = reinterpret_cast<std::uintptr_t>(*extra);
      require(key == 1 || key == 2, ERROR_INVALID_VALUE);
      if (key == 1) buffer = extra[1];                                      // CU_LAUNCH_PARAM_BUFFER_POINTER
      if (key == 2) bytes = *static_cast<const std::size_t*>(extra[1]);  // CU_LAUNCH_PARAM_BUFFER_SIZE
    }
    require(buffer != nullptr, ERROR_INVALID_VALUE);
    return static_cast<const char*>(buffer);
  }

  std::vector<std::vector<std::max_align_t>> values_;
  std::vector<void*> addresses_;
};

void fail(Context& context, const std::string& text, Status status) {
  journal().fault(text);
  context.sticky = status;
}

void run(Context& context, const Function& function, const LaunchShape& shape, void** arguments) {
  const Kernel& kernel = *function.kernel;
  if (function.module->unloaded) {
    fail(context, std::string("kernel ") + kernel.name + " runs after its module was unloaded", ERROR_LAUNCH_FAILED);
    return;
  }
  for (std::size_t i = 0; i < kernel.parameters.size(); i++) {
    if (!kernel.parameters[i].pointer) continue;
    auto address = *static_cast<Address*>(arguments[i]);
    const Allocation* allocation = driver().memory.find_device(address, 1);
    if (address != 0 && (allocation == nullptr || allocation->context != &context)) {
      fail(context,
           std::string("kernel ") + kernel.name + ": parameter " + std::to_string(i) +
               " is no address of this device's memory (" + driver().memory.describe(address) + ")",
           ERROR_ILLEGAL_ADDRESS);
      return;
    }
  }
  journal().add(Counter::KERNELS_RUN);
  if (auto fault = run_kernel(kernel, shape, arguments, draw())) {
    bool illegal = fault->kind == KernelFault::Kind::ILLEGAL_ADDRESS;
    fail(context, fault->text + (illegal ? ": " + driver().memory.describe(fault->address) : ""),
         illegal ? ERROR_ILLEGAL_ADDRESS : ERROR_LAUNCH_FAILED);
  }
}

}  // namespace

std::size_t shared_bytes_on_request() {
  int capability = machine().capability;
  std::size_t kib = capability < 75 ? 48 : capability < 80 ? 64 : capability == 80 || capability == 87 ? 163
                  : capability < 90 ? 99 : 227;
  return kib << 10;
}

std::shared_ptr<Module> load_module(Context& context, const char* image) {
  require(image != nullptr, ERROR_INVALID_VALUE);
  PtxModule ptx;
  try {
    ptx = parse_ptx(image);
  } catch (const std::logic_error& malformed) {  // invalid_argument, or a number that std::stoul cannot read
    refuse_image(malformed.what(), ERROR_INVALID_PTX);
  }
  if (ptx.version > newest_ptx(machine().driver)) {
    refuse_image("PTX " + version_text(ptx.version) + " is newer than this driver reads (" +
                     version_text(newest_ptx(machine().driver)) + ")",
                 ERROR_UNSUPPORTED_PTX_VERSION);
  }
  if (ptx.target > machine().capability) {
    refuse_image("the PTX is for sm_" + std::to_string(ptx.target) + ", the device is sm_" +
                     std::to_string(machine().capability),
                 ERROR_NO_BINARY_FOR_GPU);
  }
  for (auto& [name, entry] : ptx.entries) check_kernel(name, entry);
  return std::make_shared<Module>(Module{&context, std::move(ptx)});
}

std::shared_ptr<Function> find_function(const std::shared_ptr<Module>& module, const std::string& name) {
  auto found = module->ptx.entries.find(name);
  require(found != module->ptx.entries.end(), ERROR_NOT_FOUND);
  std::size_t fixed = found->second.shared_bytes;
  return std::make_shared<Function>(Function{module->context, module, find_kernel(name), found->second,
                                             SHARED_BYTES - std::min(SHARED_BYTES, fixed)});
}

void launch(Context& context, const std::shared_ptr<Function>& function, const LaunchShape& shape,
            const std::shared_ptr<Stream>& stream, void** parameters, void** extra) {
  require(function->context == &context, ERROR_INVALID_HANDLE);
  const dim3 &grid = shape.grid, &block = shape.block;
  require(grid.x > 0 && grid.y > 0 && grid.z > 0 && block.x > 0 && block.y > 0 && block.z > 0, ERROR_INVALID_VALUE);
  require(grid.x <= MAX_GRID_X && grid.y <= MAX_GRID_YZ && grid.z <= MAX_GRID_YZ, ERROR_INVALID_VALUE);
  require(block.x <= MAX_THREADS && block.y <= MAX_THREADS && block.z <= MAX_BLOCK_Z, ERROR_INVALID_VALUE);
  unsigned long long threads = 1ull * block.x * block.y * block.z;
  require(threads <= MAX_THREADS, ERROR_INVALID_VALUE);
  require(threads <= function->entry.max_threads, ERROR_INVALID_VALUE);
  require(shape.dynamic_shared_bytes <= function->max_dynamic_shared_bytes, ERROR_INVALID_VALUE);
  LaunchShape whole_shape = shape;
  whole_shape.fixed_shared_bytes = function->entry.shared_bytes + function->module->ptx.function_shared_bytes;
  auto arguments = std::make_shared<Arguments>(*function->kernel, parameters, extra);
  journal().add(Counter::KERNEL_LAUNCHES);
  require(!injection().launch.strikes(), ERROR_LAUNCH_OUT_OF_RESOURCES);
  enqueue(stream, NodeKind::KERNEL, [&context, function, whole_shape, arguments] {
    run(context, *function, whole_shape, arguments->addresses());
  });
}

}  // namespace emulated
