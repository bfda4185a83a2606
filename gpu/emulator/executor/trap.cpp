// A JVM has handlers of its own for these signals. Ours comes first, takes only what a thread does while it runs a
// kernel, and hands everything else on.
#include "trap.h"

#include <csetjmp>
#include <csignal>
#include <mutex>

namespace emulated {

namespace {

thread_local sigjmp_buf* landing = nullptr;
thread_local Trap trapped;

struct sigaction previous_segv, previous_bus, previous_fpe;

struct sigaction& previous(int signal) {
  return signal == SIGSEGV ? previous_segv : signal == SIGBUS ? previous_bus : previous_fpe;
}

void handle(int signal, siginfo_t* info, void* context) {
  if (landing != nullptr) {
    trapped = {signal != SIGFPE, reinterpret_cast<std::uintptr_t>(info->si_addr)};
    siglongjmp(*landing, 1);
  }
  struct sigaction& next = previous(signal);
  if (next.sa_flags & SA_SIGINFO) {
    next.sa_sigaction(signal, info, context);
  } else if (next.sa_handler == SIG_DFL || next.sa_handler == SIG_IGN) {
    sigaction(signal, &next, nullptr);  // the instruction runs again, now with the default action
  } else {
    next.sa_handler(signal);
  }
}

void install() {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE}) {
    sigaction(signal, nullptr, &previous(signal));
    struct sigaction ours = {};
    ours.sa_sigaction = handle;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&ours.sa_mask);
    sigaction(signal, &ours, nullptr);
  }
}

}  // namespace

std::optional<Trap> run_trapped(const std::function<void()>& body) {
  static std::once_flag installed;
  std::call_once(installed, install);
  sigjmp_buf here;
  if (sigsetjmp(here, 1) != 0) {
    landing = nullptr;
    return trapped;
  }
  landing = &here;
  body();
  landing = nullptr;
  return std::nullopt;
}

}  // namespace emulated
