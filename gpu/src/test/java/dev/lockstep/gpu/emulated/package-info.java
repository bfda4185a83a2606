/**
 * The emulated CUDA device, seen from Java: libraries that stand in for the driver and cuBLAS on a
 * machine without a GPU, and the tests that they see what they promise to see.
 */
@NullMarked
package dev.lockstep.gpu.emulated;

import org.jspecify.annotations.NullMarked;
