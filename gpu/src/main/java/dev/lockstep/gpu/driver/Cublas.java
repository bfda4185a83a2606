package dev.lockstep.gpu.driver;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.program.ProductForm;
import java.lang.foreign.Arena;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.runtime.cudaStream_t;

/**
 * Products by cuBLAS on one stream. The handle has a workspace of its own, so a captured product
 * never allocates, and uses no atomics, so a run repeats bit for bit on the same device.
 */
public final class Cublas extends Owned {
  /**
   * Bytes of device memory that {@link #open} allocates: NVIDIA's recommendation for Hopper, which
   * is more than older generations need.
   */
  public static final long WORKSPACE_BYTES = 32L << 20;

  private static final String SUBJECT = "cuBLAS";

  private final cublasHandle handle = new cublasHandle();
  private final ProductMode mode;
  private final Stream stream;
  private final HostAddress one = number(1);
  private final HostAddress zero = number(0);
  private final Closing owned = new Closing();

  private Cublas(Stream stream, ProductMode mode) {
    this.mode = mode;
    this.stream = stream;
  }

  /**
   * Opens cuBLAS for one mode on one stream.
   *
   * @throws CudaFault if cuBLAS does not start or lacks memory
   */
  public static Cublas open(Context context, Stream stream, ProductMode mode) {
    Cublas opened = new Cublas(stream, mode);
    try {
      opened.prepare(context);
    } catch (CudaFault e) {
      opened.owned.closeAfter(e);
      throw e;
    }
    return opened;
  }

  private void prepare(Context context) {
    // Owned before the handle and so released after it: the handle uses the workspace.
    DeviceMemory workspace =
        owned.own(DeviceMemory.allocate(context, "the workspace of cuBLAS", WORKSPACE_BYTES));
    Status.cublas(JCublas2.cublasCreate(handle), "start", SUBJECT);
    owned.own(() -> Status.cublas(JCublas2.cublasDestroy(handle), "release", SUBJECT));
    Status.cublas(
        JCublas2.cublasSetStream(handle, new cudaStream_t(stream.handle())), "stream", SUBJECT);
    // After the stream: setting the stream resets the workspace.
    Status.cublas(
        JCublas2.cublasSetWorkspace(handle, workspace.at(0), WORKSPACE_BYTES),
        "workspace",
        SUBJECT);
    Status.cublas(
        JCublas2.cublasSetAtomicsMode(handle, cublasAtomicsMode.CUBLAS_ATOMICS_NOT_ALLOWED),
        "atomics mode",
        SUBJECT);
    Status.cublas(
        JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST),
        "pointer mode",
        SUBJECT);
    Status.cublas(
        JCublas2.cublasSetMathMode(handle, cublasMath.CUBLAS_DEFAULT_MATH), "math mode", SUBJECT);
  }

  private static HostAddress number(float value) {
    return new HostAddress(Arena.ofAuto().allocateFrom(JAVA_FLOAT, value));
  }

  /** The mode in which this multiplies. */
  public ProductMode mode() {
    return mode;
  }

  /**
   * Prepares C[m][n] = op(A)[m][k] op(B)[k][n], all row-major. The library decides the order of the
   * additions. The work must be enqueued into the stream that this was opened on.
   *
   * <p>cuBLAS reads matrices column-major, and a row-major matrix read column-major is its
   * transpose. So cuBLAS computes C^T = op(B)^T op(A)^T.
   *
   * @param a the left operand, in the mode's type
   * @param b the right operand, in the mode's type
   * @param c the product, in binary32
   */
  public Work product(
      ProductForm form, int m, int n, int k, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    int ldA = leading(form == ProductForm.ATB ? m : k);
    int ldB = leading(form == ProductForm.ABT ? k : n);
    int operationA = operation(form == ProductForm.ATB);
    int operationB = operation(form == ProductForm.ABT);
    Pointer left = a.at(0);
    Pointer right = b.at(0);
    Pointer result = c.at(0);
    return into -> {
      if (into != stream) {
        throw new IllegalArgumentException("cuBLAS was opened on another stream");
      }
      Status.cublas(
          JCublas2.cublasGemmEx_new(
              handle,
              operationB,
              operationA,
              n,
              m,
              k,
              one,
              right,
              mode.operandType(),
              ldB,
              left,
              mode.operandType(),
              ldA,
              zero,
              result,
              cudaDataType.CUDA_R_32F,
              n,
              mode.computeType(),
              cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
          "product " + form,
          c.tensor());
    };
  }

  /** The leading dimension, which cuBLAS requires to be at least 1 even for an empty matrix. */
  private static int leading(int columns) {
    return Math.max(1, columns);
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  @Override
  void release() {
    owned.close();
  }
}
