package dev.lockstep.model;

import dev.lockstep.matrix.FloatMatrix;
import java.util.function.LongToDoubleFunction;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;

/** Draws a matrix with orthonormal columns, or orthonormal rows if there are fewer of them. */
final class OrthogonalMatrix {

  private OrthogonalMatrix() {}

  /**
   * Returns Q of the QR decomposition of a matrix of independent standard normal draws. Each column
   * of Q is multiplied by the sign of its diagonal element in R: this makes the decomposition
   * unique and Q uniformly distributed (Mezzadri 2007). Computed in binary64 by one thread, rounded
   * once to binary32.
   *
   * @param normal returns the draw of an element of the decomposed max x min matrix, by its
   *     row-major index
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
