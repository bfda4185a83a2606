package dev.lockstep.peers;

import static dev.lockstep.peers.TorchOperators.address;
import static dev.lockstep.peers.TorchOperators.operator;
import static dev.lockstep.peers.TorchOperators.scalar;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;

import ai.djl.ndarray.NDArray;
import dev.lockstep.model.Activation;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Activations and their derivatives in place, by libtorch's own fused operators. */
final class TorchActivations {
  private final MethodHandle tanh;
  private final MethodHandle relu;
  private final MethodHandle tanhBackward;
  private final MethodHandle thresholdBackward;
  private final MethodHandle leakyRelu;
  private final MethodHandle leakyReluBackward;
  private final MethodHandle sigmoid;
  private final MethodHandle sigmoidBackward;
  private final MemorySegment zero = scalar(0);
  private final MemorySegment leakySlope = scalar(Activation.LEAKY_SLOPE);

  /**
   * @param library libtorch_cpu
   */
  TorchActivations(CLibrary library) {
    tanh = operator(library, "tanh_", "ERNS_6TensorE", ADDRESS);
    relu = operator(library, "relu_", "ERNS_6TensorE", ADDRESS);
    tanhBackward =
        operator(
            library,
            "tanh_backward_grad_input",
            "ERKNS_6TensorES4_RS2_",
            ADDRESS,
            ADDRESS,
            ADDRESS);
    thresholdBackward =
        operator(
            library,
            "threshold_backward_grad_input",
            "ERKNS_6TensorES4_RKN3c106ScalarERS2_",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    leakyRelu = operator(library, "leaky_relu_", "ERNS_6TensorERKN3c106ScalarE", ADDRESS, ADDRESS);
    leakyReluBackward =
        operator(
            library,
            "leaky_relu_backward_grad_input",
            "ERKNS_6TensorES4_RKN3c106ScalarEbRS2_",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_BOOLEAN,
            ADDRESS);
    sigmoid = operator(library, "sigmoid_", "ERNS_6TensorE", ADDRESS);
    sigmoidBackward =
        operator(
            library,
            "sigmoid_backward_grad_input",
            "ERKNS_6TensorES4_RS2_",
            ADDRESS,
            ADDRESS,
            ADDRESS);
  }

  /** z = f(z). */
  void activate(Activation activation, NDArray z) {
    MemorySegment tensor = address(z);
    try {
      switch (activation) {
        case IDENTITY -> {}
        case RELU -> {
          var _ = (MemorySegment) relu.invokeExact(tensor);
        }
        case LEAKY_RELU -> {
          var _ = (MemorySegment) leakyRelu.invokeExact(tensor, leakySlope);
        }
        case TANH -> {
          var _ = (MemorySegment) tanh.invokeExact(tensor);
        }
        case SIGMOID -> {
          var _ = (MemorySegment) sigmoid.invokeExact(tensor);
        }
      }
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** upstream = f'(upstream, a). */
  void derivative(Activation activation, NDArray upstream, NDArray activations) {
    MemorySegment up = address(upstream);
    MemorySegment a = address(activations);
    try {
      switch (activation) {
        case IDENTITY -> {}
        case RELU -> {
          var _ = (MemorySegment) thresholdBackward.invokeExact(up, a, zero, up);
        }
        case LEAKY_RELU -> {
          var _ = (MemorySegment) leakyReluBackward.invokeExact(up, a, leakySlope, true, up);
        }
        case TANH -> {
          var _ = (MemorySegment) tanhBackward.invokeExact(up, a, up);
        }
        case SIGMOID -> {
          var _ = (MemorySegment) sigmoidBackward.invokeExact(up, a, up);
        }
      }
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }
}
