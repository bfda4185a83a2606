// What a compiler must not keep in a register from one place to another.
#pragma once

// The same number, but a compiler cannot know: what is computed from it is computed anew where it is needed, and not kept
// over a loop or from one round to the next. Registers are dearer here than a few integer operations.
static __device__ __forceinline__ int anew(int number) {
  asm volatile("" : "+r"(number));
  return number;
}
