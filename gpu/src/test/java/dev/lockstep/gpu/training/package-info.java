/** Tests of the backends on CUDA that look behind the contract, on the emulated device. */
@NullMarked
package dev.lockstep.gpu.training;

import org.jspecify.annotations.NullMarked;
