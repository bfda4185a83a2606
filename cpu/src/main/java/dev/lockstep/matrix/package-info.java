/**
 * Dense matrices of one precision, in which backends exchange results with everything that inspects
 * them.
 */
@NullMarked
package dev.lockstep.matrix;

import org.jspecify.annotations.NullMarked;
