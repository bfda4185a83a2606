package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a .npz file that hold features and labels, found by their usual names: x and y of
 * one table, or x_train, y_train, x_test and y_test. Case does not matter. In place of x, the names
 * data, features, images and inputs are known, and in place of y target, targets, label and labels.
 * An array of any other name is refused, because it might have rows that nobody trains on.
 *
 * @param train the arrays of the rows for training, or of all rows
 * @param test the arrays of the rows for testing; null if the file does not separate them
 */
record NpzNames(Pair train, @Nullable Pair test) {

  private static final List<String> FEATURES = List.of("x", "data", "features", "images", "inputs");
  private static final List<String> LABELS = List.of("y", "target", "targets", "label", "labels");

  private static final String EXPECTED =
      "expected features and labels: x and y (or data and target, features and labels), or x_train,"
          + " y_train, x_test and y_test";

  /**
   * Features and labels of the same rows.
   *
   * @param x name of the features
   * @param y name of the labels
   */
  record Pair(String x, String y) {}

  /**
   * Finds the arrays by their names.
   *
   * @param source the file, for the message
   * @throws InputException if the names are unknown or ambiguous
   */
  static NpzNames of(String source, Collection<String> names) {
    for (String form : List.of("%s_train", "train_%s")) {
      Pair train = pair(form, names);
      Pair test = pair(form.replace("train", "test"), names);
      if (train != null && test != null && names.size() == 4) {
        return new NpzNames(train, test);
      }
    }
    Pair all = pair("%s", names);
    if (all == null || names.size() != 2) {
      throw new InputException(source, "arrays", String.join(", ", names), EXPECTED);
    }
    return new NpzNames(all, null);
  }

  private static @Nullable Pair pair(String form, Collection<String> names) {
    String x = only(form, FEATURES, names);
    String y = only(form, LABELS, names);
    return x == null || y == null ? null : new Pair(x, y);
  }

  /** The only name that is the form filled with a word; null if there is none or several. */
  private static @Nullable String only(String form, List<String> words, Collection<String> names) {
    List<String> usual = words.stream().map(word -> form.replace("%s", word)).toList();
    List<String> found =
        names.stream().filter(name -> usual.contains(name.toLowerCase(Locale.ROOT))).toList();
    return found.size() == 1 ? found.getFirst() : null;
  }
}
