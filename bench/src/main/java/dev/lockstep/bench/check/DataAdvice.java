package dev.lockstep.bench.check;

import dev.lockstep.data.Dataset;
import dev.lockstep.data.FeatureScale;
import dev.lockstep.scenario.DataSource;
import java.util.Locale;
import java.util.Optional;

/**
 * What to say once of data on which scenarios may show nothing, in place of a fault for each.
 *
 * @param sentence empty if the data are as usual: what shows nothing then has another reason
 */
public record DataAdvice(Optional<String> sentence) {

  /** The data are as usual. */
  static DataAdvice none() {
    return new DataAdvice(Optional.empty());
  }

  /** Looks at the features. */
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
                              ShellWord.quoted(scaled.toString()))));
    };
  }

  /** Whether the data explain why something shows nothing. */
  boolean explains() {
    return sentence.isPresent();
  }
}
