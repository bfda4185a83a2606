/**
 * The project's own kernels from Java: which there are, with what geometry they are launched, and
 * which tile suits a product. Their source, with shapes and orders, is {@code src/main/cuda}.
 */
@NullMarked
package dev.lockstep.gpu.kernel;

import org.jspecify.annotations.NullMarked;
