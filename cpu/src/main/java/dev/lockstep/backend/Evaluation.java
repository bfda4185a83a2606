package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;

/**
 * The quality of a network on some rows.
 *
 * @param loss mean loss of the rows
 * @param accuracy share of rows, from 0 to 1, whose largest output (the first if several are equal)
 *     is the label's
 */
public record Evaluation(double loss, double accuracy) {

  /** Accumulates an evaluation, some rows at a time. */
  public static final class Sum {
    private double loss;
    private long right;
    private long rows;

    /**
     * Adds the next rows.
     *
     * @param logits outputs of the network, rows x classes
     * @param rowLoss losses, 1 x rows; summed in binary64 in row order
     * @param labels one label per row
     */
    public void add(Matrix logits, Matrix rowLoss, int[] labels) {
      for (int i = 0; i < logits.rows(); i++) {
        loss += rowLoss.value(i);
        right += largest(logits, i) == labels[i] ? 1 : 0;
      }
      rows += logits.rows();
    }

    /** Returns the evaluation of all rows added so far. */
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
