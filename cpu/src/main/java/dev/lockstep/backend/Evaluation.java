package dev.lockstep.backend;

import dev.lockstep.model.Matrix;

/**
 * How good a network is on some rows.
 *
 * @param loss mean of the rows' losses
 * @param accuracy share of rows whose largest output (the first of equals) is the label, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {

  /**
   * What logits and the losses of their rows come to.
   *
   * @param logits rows x classes
   * @param rowLoss 1 x rows; summed in binary64 in row order
   * @param labels one a row
   */
  public static Evaluation of(Matrix logits, Matrix rowLoss, int[] labels) {
    int rows = logits.rows();
    double loss = 0;
    int right = 0;
    for (int i = 0; i < rows; i++) {
      loss += rowLoss.value(i);
      right += largest(logits, i) == labels[i] ? 1 : 0;
    }
    return new Evaluation(loss / rows, (double) right / rows);
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
