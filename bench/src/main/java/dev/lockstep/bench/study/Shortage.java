package dev.lockstep.bench.study;

import dev.lockstep.data.FeatureScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a study lacks compared with the default study, in which every claim holds. A shorter or
 * smaller training does not refute a claim about the results of training.
 *
 * @param steps the steps of a training
 * @param batch the rows of a step
 * @param width the units of a hidden layer
 * @param features the scale of the training features
 */
record Shortage(int steps, int batch, int width, FeatureScale features) {

  static final int USUAL_STEPS = 400;
  static final int USUAL_BATCH = 33;
  static final int USUAL_WIDTH = 64;

  /** Whether features may saturate the units, or leave them nothing to learn. */
  boolean ofData() {
    return features.size() != FeatureScale.Size.USUAL;
  }

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
   * The finding of a claim whose premise did not hold.
   *
   * @param premise the premise as a clause
   */
  Finding notShown(String premise, List<Figure> figures) {
    String why = any() ? String.join(" and ", lacking()) : "these data do not show it";
    return Finding.notShown(why + ": " + premise, figures);
  }

  /** The premise that one kind of units has a higher accuracy than another. */
  static String better(String units, String than) {
    return units
        + " have to be better than "
        + than
        + " by more than chance accounts for on so many test rows";
  }
}
