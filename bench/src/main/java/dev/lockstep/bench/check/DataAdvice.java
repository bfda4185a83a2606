package dev.lockstep.bench.check;

import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.FeatureScale;
import dev.lockstep.scenario.DataSource;
import java.util.Locale;
import java.util.Optional;

/**
 * Advice on data with which scenarios may show nothing. It is given once and replaces a fault for
 * each scenario.
 *
 * @param sentence the advice; empty if the features have a usual scale, so that an inconclusive
 *     scenario has another reason
 */
public record DataAdvice(Optional<String> sentence) {

  /** Returns no advice. */
  static DataAdvice none() {
    return new DataAdvice(Optional.empty());
  }

  /** Returns the advice on the scale of the features. */
  static DataAdvice of(DataSource source, Dataset data) {
    FeatureScale scale = FeatureScale.of(data);
    return switch (scale.size()) {
      case USUAL -> none();
      case CONSTANT ->
          new DataAdvice(
              Optional.of(
                  "each feature has one value in all rows to train on, so units have nothing to"
                      + " learn from"));
      case UNSCALED ->
          new DataAdvice(
              source
                  .standardised()
                  .map(
                      scaled ->
                          String.format(
                              Locale.ROOT,
                              "features range from %.3g to %.3g, so units may not move or the"
                                  + " loss may overflow; scale them: --data %s",
                              scale.least(),
                              scale.largest(),
                              ForeignText.shellWord(scaled.toString()))));
    };
  }

  /** Returns whether the data may explain an INCONCLUSIVE verdict. */
  boolean explains() {
    return sentence.isPresent();
  }
}
