/** Cells: scenarios that run step by step on every backend that can run them, and are judged. */
@NullMarked
package dev.lockstep.bench.cells;

import org.jspecify.annotations.NullMarked;
