/**
 * The backends on CUDA: {@code cuda} uses the project's own kernels; {@code cublas*} use the
 * library's products and the same kernels for everything else.
 *
 * <p>A {@code DeviceTrainer} keeps parameters, data and activations on the device. {@code Planner}
 * turns its step program once into a list of {@link dev.lockstep.gpu.driver.Work}, which is
 * recorded into a graph and replayed. Inputs that change from step to step are in device memory.
 */
@NullMarked
package dev.lockstep.gpu.training;

import org.jspecify.annotations.NullMarked;
