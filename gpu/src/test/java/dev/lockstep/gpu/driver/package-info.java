/** Tests of the owners of what CUDA hands out. */
@NullMarked
package dev.lockstep.gpu.driver;

import org.jspecify.annotations.NullMarked;
