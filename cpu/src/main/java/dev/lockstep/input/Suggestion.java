package dev.lockstep.input;

import java.util.Collection;
import java.util.List;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Suggests known names for a name that does not exist. */
public final class Suggestion {

  private static final int MOST = 3;

  private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

  private Suggestion() {}

  /**
   * The end of a message, such as {@code ; did you mean batch?}, or nothing if no known name is
   * close.
   *
   * <p>A name is close if at most one letter in three has to be inserted, deleted, replaced or
   * swapped with its neighbour. If none is, names of which one starts with the other are close.
   */
  public static String of(String given, Collection<String> known) {
    List<String> meant = nearest(given, known);
    return meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?";
  }

  private static List<String> nearest(String given, Collection<String> known) {
    int most = (letters(given) + 2) / 3;
    int least =
        known.stream()
            .mapToInt(name -> DISTANCE.apply(given, name))
            .min()
            .orElse(Integer.MAX_VALUE);
    List<String> near =
        known.stream()
            .filter(name -> DISTANCE.apply(given, name) == least && least <= most)
            .limit(MOST)
            .toList();
    if (!near.isEmpty() || letters(given) < 2) {
      return near;
    }
    return known.stream()
        .filter(name -> name.startsWith(given) || (letters(name) > 2 && given.startsWith(name)))
        .limit(MOST)
        .toList();
  }

  /** The number of letters, without the dashes of a flag. */
  private static int letters(String name) {
    return name.replaceFirst("^-+", "").length();
  }
}
