/**
 * Comparison of two runs, or of two backends or builds of one, by the rules of bench/COMPARE.md.
 */
@NullMarked
package dev.lockstep.bench.compare;

import org.jspecify.annotations.NullMarked;
