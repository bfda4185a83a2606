// The switch is hand-written for x86-64: ucontext makes a system call each time and is ten times slower.
#include "fiber.h"

#include <sys/mman.h>

#include <cstddef>
#include <new>

#ifndef __x86_64__
#error "The fiber switch is written for x86-64; add one for this machine here."
#endif

extern "C" void emulated_switch_stack(void** save, void* load);

// Saves what the System V ABI calls callee-saved, changes stacks, restores.
asm(R"(
.text
.globl emulated_switch_stack
.hidden emulated_switch_stack
.type emulated_switch_stack, @function
emulated_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emulated_switch_stack, .-emulated_switch_stack
)");

namespace emulated {

namespace {
// The local variables of one thread; pages are taken only when touched.
constexpr std::size_t STACK_BYTES = 256 << 10;
constexpr std::size_t PAGE = 4096;
constexpr int SAVED_REGISTERS = 6;
}  // namespace

Fiber::Fiber(void (*entry)()) : entry_(entry) {
  static unsigned created = 0;
  stagger_ = created++ % 60;
  void* stack = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<char*>(stack);
  mprotect(stack_, PAGE, PROT_NONE);
  reset();
}

Fiber::~Fiber() { munmap(stack_, STACK_BYTES); }

void Fiber::reset() {
  // Tops at equal page offsets would compete for the same sets of the cache.
  void** top = reinterpret_cast<void**>(stack_ + STACK_BYTES - stagger_ * 192);
  *--top = nullptr;
  *--top = reinterpret_cast<void*>(entry_);
  stack_pointer_ = top - SAVED_REGISTERS;
}

void Fiber::enter() { emulated_switch_stack(&host_stack_pointer_, stack_pointer_); }

void Fiber::leave() { emulated_switch_stack(&stack_pointer_, host_stack_pointer_); }

}  // namespace emulated
