package dev.lockstep.gpu.emulated;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * A session with a cuBLAS handle on its stream. Matrices are row-major: C[m][n] = A[m][k] B[k][n],
 * as C^T = B^T A^T.
 */
final class CublasSession implements AutoCloseable {

  private static final int N = cublasOperation.CUBLAS_OP_N;

  final Session session = new Session();
  final cublasHandle handle = new cublasHandle();
  final Pointer one = Pointer.to(new float[] {1});
  final Pointer zero = Pointer.to(new float[] {0});

  CublasSession() {
    check(cublasCreate(handle));
    check(cublasSetStream(handle, new cudaStream_t(session.stream)));
  }

  static void check(int status) {
    assertThat(cublasStatus.stringFor(status)).isEqualTo("CUBLAS_STATUS_SUCCESS");
  }

  int sgemm(Session.Memory a, Session.Memory b, Session.Memory c, int m, int n, int k) {
    return cublasSgemm(handle, N, N, n, m, k, one, b, n, a, Math.max(1, k), zero, c, n);
  }

  int gemmEx(
      Session.Memory a,
      Session.Memory b,
      int type,
      Session.Memory c,
      int m,
      int n,
      int k,
      int compute) {
    return cublasGemmEx_new(
        handle,
        N,
        N,
        n,
        m,
        k,
        one,
        b,
        type,
        n,
        a,
        type,
        k,
        zero,
        c,
        cudaDataType.CUDA_R_32F,
        n,
        compute,
        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
  }

  float[] product(float[] a, float[] b, int m, int n, int k) {
    Session.Memory c = session.allocate(4L * m * n);
    check(sgemm(session.upload(a), session.upload(b), c, m, n, k));
    Session.check(session.synchronize());
    return session.floats(c, m * n);
  }

  @Override
  public void close() {
    check(cublasDestroy(handle));
    session.close();
  }
}
