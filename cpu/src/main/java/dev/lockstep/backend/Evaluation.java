package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;

/**
 * How good a network is on some rows.
 *
 * @param loss mean of the rows' losses
 * @param accuracy share of rows whose largest output (the first of equals) is the label, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {

  /** Adds up an evaluation, piece by piece. */
  public static final class Sum {
    private double loss;
    private long right;
    private long rows;

    /**
     * Adds the next rows.
     *
     * @param logits rows x classes
     * @param rowLoss 1 x rows; summed in binary64 in row order
     * @param labels one a row
     */
    public void add(Matrix logits, Matrix rowLoss, int[] labels) {
      for (int i = 0; i < logits.rows(); i++) {
        loss += rowLoss.value(i);
        right += largest(logits, i) == labels[i] ? 1 : 0;
      }
      rows += logits.rows();
    }

    /** What was added so far. */
    public Evaluation evaluation() {
      return new Evaluation(loss / rows, (double) right / rows);
    }
  }

  private static int largest(Matrix logits, int row) {
    int first = row * logits.columns();
    int largest = 0;
    for (int c = 1; c < logits.columns(); c++) {
      if (logits.value(first + c) > logits.value(first + largest)) {
        largest = c;
      }
    }
    return largest;
  }
}
