package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductShape;
import java.util.List;

/** Products by the project's own kernels, each in one launch with what follows it where it fits. */
final class CanonicalProducts implements LayerProducts {
  private final Kernels kernels;

  /** The kernels stay their owner's. */
  CanonicalProducts(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void startPlan() {}

  @Override
  public List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    return List.of(kernels.product(shape, a, b, c, Epilogue.STORE, Operand.NONE));
  }

  @Override
  public List<Work> forward(
      ProductShape shape,
      Activation activation,
      DeviceMemory x,
      DeviceMemory w,
      DeviceMemory bias,
      DeviceMemory z,
      DeviceMemory a) {
    if (!Epilogue.fuses(activation)) {
      return List.of(
          kernels.product(shape, x, w, z, Epilogue.STORE, Operand.NONE),
          kernels.biasActivation(activation, z, bias, a, shape.m(), shape.n()));
    }
    return List.of(
        kernels.product(shape, x, w, a, Epilogue.activate(activation), Operand.of(bias)));
  }

  @Override
  public List<Work> backward(
      ProductShape shape,
      Activation activation,
      DeviceMemory delta,
      DeviceMemory w,
      DeviceMemory kept,
      DeviceMemory deltaBelow) {
    if (!Epilogue.fusesDerivative(activation)) {
      return List.of(
          kernels.product(shape, delta, w, deltaBelow, Epilogue.STORE, Operand.NONE),
          kernels.derivative(activation, deltaBelow, kept, shape.sizeOfC()));
    }
    return List.of(
        kernels.product(
            shape, delta, w, deltaBelow, Epilogue.derivative(activation), Operand.of(kept)));
  }

  @Override
  public List<Work> update(
      ProductShape shape,
      DeviceMemory below,
      DeviceMemory delta,
      DeviceMemory w,
      float rate,
      DeviceMemory state) {
    return List.of(
        kernels.product(shape, below, delta, w, Epilogue.SGD, Operand.update(rate, state)));
  }

  /** Nothing: kernels of a loaded module can be recorded at once. */
  @Override
  public void warmUp(Stream stream) {}

  @Override
  public void close() {}
}
