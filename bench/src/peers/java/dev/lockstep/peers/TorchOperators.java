package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Operators of libtorch that write into tensors that are there already: {@code at::_ops::*::call},
 * which Python's {@code out=} and trailing underscores come down to. DJL has tensors and threads,
 * but few of these; without them every step would allocate its intermediate results, read the
 * gradients twice for the update and take four passes for the derivative of tanh, all of which
 * users of libtorch avoid.
 *
 * <p>An {@code at::Tensor&} is the address that DJL keeps of a tensor. The names are those of
 * libtorch 2.7.1 as GCC writes them. Wrong shapes are a C++ exception, which ends the JVM.
 */
final class TorchOperators {
  /** {@code c10::Scalar}: a tag, 0 for a double, and at byte 16 the value. */
  private static final long SCALAR_BYTES = 32;

  private static final long SCALAR_VALUE = 16;

  /** {@code c10::OptionalArrayRef<long>}: address, length, whether it is there. */
  private static final MemoryLayout OPTIONAL_ARRAY =
      MemoryLayout.structLayout(ADDRESS, JAVA_LONG, JAVA_LONG);

  /** {@code std::optional<c10::ScalarType>}: value, whether it is there. */
  private static final MemoryLayout OPTIONAL_TYPE = MemoryLayout.structLayout(JAVA_BYTE, JAVA_BYTE);

  private final MethodHandle mm;
  private final MethodHandle addmm;
  private final MethodHandle indexSelect;
  private final MethodHandle softmax;
  private final MethodHandle logSoftmax;
  private final MethodHandle gather;
  private final MethodHandle scatterAdd;
  private final MethodHandle mulScalar;
  private final MethodHandle sub;
  private final MethodHandle sum;
  private final MethodHandle getDataPointer;
  private final MemorySegment one = scalar(1);
  private final MemorySegment firstDimension;
  private final MemorySegment noType = Arena.global().allocate(OPTIONAL_TYPE);

  /**
   * @param library libtorch_cpu
   */
  TorchOperators(CLibrary library) {
    mm = operator(library, "mm_out", "ERKNS_6TensorES4_RS2_", ADDRESS, ADDRESS, ADDRESS);
    addmm =
        operator(
            library,
            "addmm_out",
            "ERKNS_6TensorES4_S4_RKN3c106ScalarES8_RS2_",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    indexSelect =
        operator(
            library,
            "index_select_out",
            "ERKNS_6TensorElS4_RS2_",
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            ADDRESS);
    softmax =
        operator(
            library,
            "_softmax_out",
            "ERKNS_6TensorElbRS2_",
            ADDRESS,
            JAVA_LONG,
            JAVA_BOOLEAN,
            ADDRESS);
    logSoftmax =
        operator(
            library,
            "_log_softmax_out",
            "ERKNS_6TensorElbRS2_",
            ADDRESS,
            JAVA_LONG,
            JAVA_BOOLEAN,
            ADDRESS);
    gather =
        operator(
            library,
            "gather_out",
            "ERKNS_6TensorElS4_bRS2_",
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_BOOLEAN,
            ADDRESS);
    scatterAdd =
        operator(
            library,
            "scatter_add_",
            "ERNS_6TensorElRKS2_S5_",
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            ADDRESS);
    mulScalar = operator(library, "mul__Scalar", "ERNS_6TensorERKN3c106ScalarE", ADDRESS, ADDRESS);
    sub =
        operator(
            library, "sub__Tensor", "ERNS_6TensorERKS2_RKN3c106ScalarE", ADDRESS, ADDRESS, ADDRESS);
    sum =
        operator(
            library,
            "sum_IntList_out",
            "ERKNS_6TensorEN3c1016OptionalArrayRefIlEEbSt8optionalINS5_10ScalarTypeEERS2_",
            ADDRESS,
            OPTIONAL_ARRAY,
            JAVA_BOOLEAN,
            OPTIONAL_TYPE,
            ADDRESS);
    getDataPointer =
        library.function(
            "aoti_torch_get_data_ptr", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    MemorySegment dimension = Arena.global().allocate(JAVA_LONG);
    firstDimension = Arena.global().allocate(OPTIONAL_ARRAY);
    firstDimension.set(ADDRESS, 0, dimension);
    firstDimension.set(JAVA_LONG, ADDRESS.byteSize(), 1);
    firstDimension.set(JAVA_LONG, ADDRESS.byteSize() + JAVA_LONG.byteSize(), 1);
  }

  /** An operator of libtorch; arguments are those of its mangled name. */
  static MethodHandle operator(
      CLibrary library, String name, String arguments, MemoryLayout... layouts) {
    return library.function(
        String.format(Locale.ROOT, "_ZN2at4_ops%d%s4call%s", name.length(), name, arguments),
        FunctionDescriptor.of(ADDRESS, layouts));
  }

  /** A number for the operators that take one; it stays as long as the JVM runs. */
  static MemorySegment scalar(double value) {
    MemorySegment scalar = Arena.global().allocate(SCALAR_BYTES, SCALAR_VALUE);
    set(scalar, value);
    return scalar;
  }

  /** Gives such a number another value. */
  static void set(MemorySegment scalar, double value) {
    scalar.set(JAVA_DOUBLE, SCALAR_VALUE, value);
  }

  static MemorySegment address(NDArray tensor) {
    return MemorySegment.ofAddress(((PtNDArray) tensor).getHandle());
  }

  private static void call(MethodHandle operator, MemorySegment a, MemorySegment b) {
    try {
      var _ = (MemorySegment) operator.invokeExact(a, b);
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  private static void call(
      MethodHandle operator, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      var _ = (MemorySegment) operator.invokeExact(a, b, c);
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  private static void call(
      MethodHandle operator,
      MemorySegment a,
      MemorySegment b,
      MemorySegment c,
      MemorySegment d,
      MemorySegment e,
      MemorySegment f) {
    try {
      var _ = (MemorySegment) operator.invokeExact(a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /**
   * The memory of a tensor that is no view: its elements, row-major. To write there leaves views of
   * it what they are, whereas {@code NDArray.set} gives a tensor other memory.
   */
  MemorySegment memory(NDArray tensor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ADDRESS);
      int status = (int) getDataPointer.invokeExact(address(tensor), pointer);
      if (status != 0) {
        throw new IllegalStateException("libtorch gives no memory of " + tensor.getShape());
      }
      long bytes = tensor.size() * tensor.getDataType().getNumOfBytes();
      return pointer.get(ADDRESS, 0).reinterpret(bytes);
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** out = a b. */
  void product(NDArray a, NDArray b, NDArray out) {
    call(mm, address(a), address(b), address(out));
  }

  /** out = bias + a b, the bias in every row. */
  void linear(NDArray bias, NDArray a, NDArray b, NDArray out) {
    call(addmm, address(bias), address(a), address(b), one, one, address(out));
  }

  /** out = rows of a matrix. */
  void rows(NDArray matrix, NDArray numbers, NDArray out) {
    try {
      var _ =
          (MemorySegment)
              indexSelect.invokeExact(address(matrix), 0L, address(numbers), address(out));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** out = softmax of each row. */
  void softmax(NDArray logits, NDArray out) {
    try {
      var _ = (MemorySegment) softmax.invokeExact(address(logits), 1L, false, address(out));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** out = logarithm of the softmax of each row. */
  void logSoftmax(NDArray logits, NDArray out) {
    try {
      var _ = (MemorySegment) logSoftmax.invokeExact(address(logits), 1L, false, address(out));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** out[i][0] = matrix[i][columns[i][0]]. */
  void pick(NDArray matrix, NDArray columns, NDArray out) {
    try {
      var _ =
          (MemorySegment)
              gather.invokeExact(address(matrix), 1L, address(columns), false, address(out));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** matrix[i][columns[i][0]] += addend[i][0]. */
  void addAt(NDArray matrix, NDArray columns, NDArray addend) {
    try {
      var _ =
          (MemorySegment)
              scatterAdd.invokeExact(address(matrix), 1L, address(columns), address(addend));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }

  /** a = factor a. */
  void scale(NDArray a, MemorySegment factor) {
    call(mulScalar, address(a), factor);
  }

  /** w = w - rate g. */
  void update(NDArray w, NDArray g, MemorySegment rate) {
    call(sub, address(w), address(g), rate);
  }

  /** out = sums of the columns, 1 x columns. */
  void columnSums(NDArray matrix, NDArray out) {
    try {
      var _ =
          (MemorySegment)
              sum.invokeExact(address(matrix), firstDimension, true, noType, address(out));
    } catch (Throwable thrown) {
      throw CLibrary.unexpected(thrown);
    }
  }
}
