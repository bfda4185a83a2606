/**
 * {@code lockstep check}: checks every backend with cells that cover all pairs of axis values, and
 * reports the verdict.
 */
@NullMarked
package dev.lockstep.bench.check;

import org.jspecify.annotations.NullMarked;
