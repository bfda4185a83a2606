/**
 * Dense matrices of one precision: the currency between backends and those who look at their
 * results.
 */
@NullMarked
package dev.lockstep.matrix;

import org.jspecify.annotations.NullMarked;
