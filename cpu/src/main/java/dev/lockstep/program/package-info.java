/**
 * A training step as data: a list of operations on named tensors, and what follows from the list
 * alone (memory, which operations fuse, which part of an operand a part of a result needs).
 */
@NullMarked
package dev.lockstep.program;

import org.jspecify.annotations.NullMarked;
