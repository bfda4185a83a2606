/**
 * The backends on CUDA: {@code cuda} with the project's own kernels, and {@code cublas*} with the
 * library's products and the same kernels for everything else.
 *
 * <p>A {@code DeviceTrainer} keeps parameters, data and activations on the device. Its step is a
 * list of {@link dev.lockstep.gpu.driver.Work} made once by {@code StepPlan}, recorded into a
 * graph, and replayed; what changes from step to step lies in device memory.
 */
@NullMarked
package dev.lockstep.gpu.training;

import org.jspecify.annotations.NullMarked;
