package dev.lockstep.model;

import dev.lockstep.matrix.FloatMatrix;
import java.util.function.LongToDoubleFunction;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/** A random matrix with orthonormal columns, or rows where there are fewer of them. */
final class OrthogonalMatrix {

  private OrthogonalMatrix() {}

  /**
   * Q of the QR decomposition of independent standard normal numbers, each column by the sign of
   * its element on R's diagonal: so it is the one decomposition with a positive diagonal, and Q
   * uniformly distributed (Mezzadri 2007). In binary64, by one thread, and rounded once.
   *
   * @param normal a draw for each element of the taller form, row-major
   */
  static FloatMatrix of(int rows, int columns, LongToDoubleFunction normal) {
    int tall = Math.max(rows, columns);
    int slim = Math.min(rows, columns);
    DMatrixRMaj drawn = new DMatrixRMaj(tall, slim);
    for (int i = 0; i < drawn.data.length; i++) {
      drawn.data[i] = normal.applyAsDouble(i);
    }
    var decomposition = new QRDecompositionHouseholderColumn_DDRM();
    decomposition.decompose(drawn);
    DMatrixRMaj q = decomposition.getQ(null, true);
    DMatrixRMaj r = decomposition.getR(null, true);
    FloatMatrix result = new FloatMatrix(rows, columns);
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < slim; j++) {
        double element = r.get(j, j) < 0 ? -q.get(i, j) : q.get(i, j);
        result.data()[rows >= columns ? i * columns + j : j * columns + i] = (float) element;
      }
    }
    return result;
  }
}
