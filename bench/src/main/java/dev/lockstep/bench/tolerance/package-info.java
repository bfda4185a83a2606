/** {@code lockstep tolerance}: the tolerances of products and of a step's tensors. */
@NullMarked
package dev.lockstep.bench.tolerance;

import org.jspecify.annotations.NullMarked;
