/**
 * A training step as data: a list of operations on named tensors, and what can be derived from it:
 * memory, fusion, and the part of an operand that a part of a result needs.
 */
@NullMarked
package dev.lockstep.program;

import org.jspecify.annotations.NullMarked;
