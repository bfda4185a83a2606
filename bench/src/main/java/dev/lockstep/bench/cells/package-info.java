/** Cells, one scenario each: run on every backend that can, step by step, and judged. */
@NullMarked
package dev.lockstep.bench.cells;

import org.jspecify.annotations.NullMarked;
