package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which arrays of a .npz file are features and which are labels, by the names that are usual for
 * them: x and y of one table, or x_train, y_train, x_test and y_test; upper and lower case alike.
 * For x may stand data, features, images or inputs, and for y target, targets, label or labels. An
 * array of any other name is refused, since it might be rows that nobody trains on.
 *
 * @param train of the rows to train on, or of all rows
 * @param test of the rows to test on; null if the file does not tell them apart
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
   * Finds them.
   *
   * @param source the file, for the message
   * @throws InputException if the names do not tell
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

  /** The one name that is of the form with one of the words; null if there are none or several. */
  private static @Nullable String only(String form, List<String> words, Collection<String> names) {
    List<String> usual = words.stream().map(word -> form.replace("%s", word)).toList();
    List<String> found =
        names.stream().filter(name -> usual.contains(name.toLowerCase(Locale.ROOT))).toList();
    return found.size() == 1 ? found.getFirst() : null;
  }
}
