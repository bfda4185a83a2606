#include "machine.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "journal.h"

namespace emulated {

namespace {

// "12.6" -> 12 and 6.
bool read_version(const std::string& text, int& major, int& minor) {
  int length = 0;
  return std::sscanf(text.c_str(), "%d.%d%n", &major, &minor, &length) == 2 &&
         length == static_cast<int>(text.size()) && major >= 0 && minor >= 0 && minor < 10;
}

bool read_number(const std::string& text, unsigned long long& number) {
  int length = 0;
  return std::sscanf(text.c_str(), "%llu%n", &number, &length) == 1 && length == static_cast<int>(text.size());
}

Machine read_environment();

}  // namespace

Machine& machine() {
  static Machine machine = read_environment();
  return machine;
}

static bool apply(Machine& to, const std::string& variable, const std::string& value) {
  int major = 0, minor = 0;
  unsigned long long number = 0;
  if (variable == "EMULATED_CUDA_CAPABILITY" && read_version(value, major, minor)) {
    to.capability = major * 10 + minor;
  } else if (variable == "EMULATED_CUDA_DRIVER" && read_version(value, major, minor)) {
    to.driver = major * 1000 + minor * 10;
  } else if (variable == "EMULATED_CUBLAS_TF32") {
    if (value != "as-asked" && value != "always" && value != "never") return false;
    to.tf32 = value == "as-asked" ? Tf32::AS_ASKED : value == "always" ? Tf32::ALWAYS : Tf32::NEVER;
  } else if (!read_number(value, number)) {
    return false;
  } else if (variable == "EMULATED_CUDA_MEMORY") {
    to.memory = static_cast<std::size_t>(number) << 20;
  } else if (variable == "EMULATED_CUDA_DEVICES" && number <= 2) {
    to.devices = static_cast<int>(number);
  } else if (variable == "EMULATED_CUDA_MULTIPROCESSORS" && number >= 1 && number <= 1024) {
    to.multiprocessors = static_cast<int>(number);
  } else if (variable == "EMULATED_CUDA_SEED") {
    to.seed = number;
  } else if (variable == "EMULATED_CUBLAS_BF16X9" && number <= 1) {
    to.bf16x9 = number == 1;
  } else if (variable == "EMULATED_CUDA_WRONG_BIT") {
    to.wrong_bit = static_cast<std::size_t>(number);
  } else {
    return false;
  }
  return true;
}

bool present(const std::string& variable, const std::string& value) { return apply(machine(), variable, value); }

void present_environment() { machine() = read_environment(); }

namespace {

Machine read_environment() {
  Machine machine;
  for (const char* name : {"EMULATED_CUDA_CAPABILITY", "EMULATED_CUDA_DRIVER", "EMULATED_CUDA_MEMORY",
                           "EMULATED_CUDA_DEVICES", "EMULATED_CUDA_MULTIPROCESSORS", "EMULATED_CUDA_SEED",
                           "EMULATED_CUBLAS_TF32", "EMULATED_CUBLAS_BF16X9", "EMULATED_CUDA_WRONG_BIT"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && !apply(machine, name, value)) {
      journal().fault(std::string("the environment variable ") + name + " has the value \"" + value +
                      "\", which it cannot have");
    }
  }
  return machine;
}

}  // namespace

// From the release notes of the PTX ISA.
int newest_ptx(int driver) {
  static const std::pair<int, int> versions[] = {{13010, 91}, {13000, 90}, {12090, 88}, {12080, 87}, {12070, 86},
                                                 {12050, 85}, {12040, 84}, {12030, 83}, {12020, 82}, {12010, 81},
                                                 {12000, 80}, {11080, 78}, {11070, 77}, {11060, 76}, {11050, 75},
                                                 {11040, 74}, {11030, 73}, {11020, 72}, {11010, 71}, {11000, 70}};
  for (auto [from, ptx] : versions) {
    if (driver >= from) return ptx;
  }
  return 65;
}

}  // namespace emulated
