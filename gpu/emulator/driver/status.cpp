#include "status.h"

namespace emulated {

const char* name_of(Status status) {
  switch (status) {
#define EMULATED_NAME(name, code, text) \
  case name:                            \
    return "CUDA_" #name;
    EMULATED_STATUSES(EMULATED_NAME)
#undef EMULATED_NAME
  }
  return nullptr;
}

const char* text_of(Status status) {
  switch (status) {
#define EMULATED_TEXT(name, code, text) \
  case name:                            \
    return text;
    EMULATED_STATUSES(EMULATED_TEXT)
#undef EMULATED_TEXT
  }
  return nullptr;
}

}  // namespace emulated
