/**
 * The resources of the CUDA driver and of cuBLAS that training needs. Each is an object with one
 * owner, which closes it. This package checks every status, and no type of JCuda leaves it.
 *
 * <p>All of it is for one thread: a context is current on the thread that opened it.
 */
@NullMarked
package dev.lockstep.gpu.driver;

import org.jspecify.annotations.NullMarked;
