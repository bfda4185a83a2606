package dev.lockstep.peers;

import static dev.lockstep.peers.TorchOperators.address;
import static dev.lockstep.peers.TorchOperators.operator;
import static dev.lockstep.peers.TorchOperators.scalar;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.djl.ndarray.NDArray;
import dev.lockstep.model.Activation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Activations and their derivatives, in place where libtorch can, by libtorch's own fused
 * operators.
 */
final class TorchActivations {
  private final MethodHandle tanh;
  private final MethodHandle relu;
  private final MethodHandle tanhBackward;
  private final MethodHandle thresholdBackward;
  private final MethodHandle leakyRelu;
  private final MethodHandle leakyReluBackward;
  private final MethodHandle sigmoid;
  private final MethodHandle sigmoidBackward;
  private final MethodHandle gelu;
  private final MethodHandle geluBackward;
  private final MemorySegment tanhForm = stringView("tanh");
  private final MemorySegment zero = scalar(0);
  private final MemorySegment leakySlope = scalar(Activation.LEAKY_SLOPE);

  /** {@code std::string_view} as libstdc++ has it: length, address. */
  private static final MemoryLayout STRING_VIEW = MemoryLayout.structLayout(JAVA_LONG, ADDRESS);

  private static MemorySegment stringView(String text) {
    MemorySegment view = Arena.global().allocate(STRING_VIEW);
    view.set(JAVA_LONG, 0, text.length());
    view.set(ADDRESS, JAVA_LONG.byteSize(), Arena.global().allocateFrom(text));
    return view;
  }

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
    gelu =
        operator(
            library,
            "gelu_out",
            "ERKNS_6TensorESt17basic_string_viewIcSt11char_traitsIcEERS2_",
            ADDRESS,
            STRING_VIEW,
            ADDRESS);
    geluBackward =
        operator(
            library,
            "gelu_backward_grad_input",
            "ERKNS_6TensorES4_St17basic_string_viewIcSt11char_traitsIcEERS2_",
            ADDRESS,
            ADDRESS,
            STRING_VIEW,
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

  /**
   * a = f(z).
   *
   * @param a z itself, unless the activation keeps its input
   */
  void activate(Activation activation, NDArray z, NDArray a) {
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
        case GELU -> {
          var _ = (MemorySegment) gelu.invokeExact(tensor, tanhForm, address(a));
        }
      }
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /**
   * upstream = f'(upstream, kept).
   *
   * @param kept z of an activation that keeps its input, else its output
   */
  void derivative(Activation activation, NDArray upstream, NDArray kept) {
    MemorySegment up = address(upstream);
    MemorySegment from = address(kept);
    try {
      switch (activation) {
        case IDENTITY -> {}
        case RELU -> {
          var _ = (MemorySegment) thresholdBackward.invokeExact(up, from, zero, up);
        }
        case LEAKY_RELU -> {
          var _ = (MemorySegment) leakyReluBackward.invokeExact(up, from, leakySlope, true, up);
        }
        case TANH -> {
          var _ = (MemorySegment) tanhBackward.invokeExact(up, from, up);
        }
        case SIGMOID -> {
          var _ = (MemorySegment) sigmoidBackward.invokeExact(up, from, up);
        }
        case GELU -> {
          var _ = (MemorySegment) geluBackward.invokeExact(up, from, tanhForm, up);
        }
      }
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }
}
