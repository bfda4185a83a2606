package dev.lockstep.bench.study;

import dev.lockstep.data.FeatureScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a study lacks of the usual one, under which every claim was seen to hold. A claim about what
 * training arrives at is not refuted by a training that was cut short.
 *
 * @param steps of a training
 * @param batch rows of a step
 * @param width units of a hidden layer
 * @param features of the rows to train on
 */
record Shortage(int steps, int batch, int width, FeatureScale features) {

  static final int USUAL_STEPS = 400;
  static final int USUAL_BATCH = 33;
  static final int USUAL_WIDTH = 64;

  /** Whether units may be saturated, or may have nothing to learn from. */
  boolean ofData() {
    return features.size() != FeatureScale.Size.USUAL;
  }

  /** Whether it lacks anything. */
  boolean any() {
    return !lacking().isEmpty();
  }

  private List<String> lacking() {
    List<String> lacking = new ArrayList<>();
    switch (features.size()) {
      case USUAL -> {}
      case UNSCALED ->
          lacking.add(
              String.format(
                  Locale.ROOT,
                  "features that are not scaled (%.3g to %.3g, see ?scale=standard)",
                  features.least(),
                  features.largest()));
      case CONSTANT -> lacking.add("features that are the same in every row");
    }
    if ((long) steps * batch < (long) USUAL_STEPS * USUAL_BATCH) {
      lacking.add(
          String.format(
              Locale.ROOT,
              "not enough steps (%d of %d rows, usually %d of %d)",
              steps,
              batch,
              USUAL_STEPS,
              USUAL_BATCH));
    }
    if (width < USUAL_WIDTH) {
      lacking.add("not enough units (" + width + " in a layer, usually " + USUAL_WIDTH + ")");
    }
    return lacking;
  }

  /**
   * The reason why a claim is not shown.
   *
   * @param needs what it would have taken, as a clause
   */
  String reason(String needs) {
    return (any() ? String.join(" and ", lacking()) : "these data do not show it") + ": " + needs;
  }
}
