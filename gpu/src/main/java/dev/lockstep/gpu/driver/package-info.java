/**
 * The few things of CUDA's driver and of cuBLAS that training needs, each an object with one owner
 * that closes it. Every status is checked here, and no type of JCuda leaves this package.
 *
 * <p>For one thread: the context is current on the thread that opened it.
 */
@NullMarked
package dev.lockstep.gpu.driver;

import org.jspecify.annotations.NullMarked;
