/**
 * The project's own kernels as Java sees them: their names, the geometry of their launches, and the
 * tile that suits a product. Their source in {@code src/main/cuda} gives shapes and orders.
 */
@NullMarked
package dev.lockstep.gpu.kernel;

import org.jspecify.annotations.NullMarked;
