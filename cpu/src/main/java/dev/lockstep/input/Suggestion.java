package dev.lockstep.input;

import java.util.Collection;
import java.util.List;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** What was probably meant by a name that does not exist. */
public final class Suggestion {

  private static final int MOST = 3;

  private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

  private Suggestion() {}

  /**
   * Asks for what was meant: {@code ; did you mean batch?}, or nothing if no known name is close.
   *
   * <p>A name is close if few letters have to be inserted, deleted, replaced or swapped with their
   * neighbour, one in three; or else if one of the two starts with the other.
   */
  public static String of(String given, Collection<String> known) {
    List<String> meant = nearest(given, known);
    return meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?";
  }

  private static List<String> nearest(String given, Collection<String> known) {
    int most = (letters(given) + 2) / 3;
    int least =
        known.stream().mapToInt(name -> distance(given, name)).min().orElse(Integer.MAX_VALUE);
    List<String> near =
        known.stream()
            .filter(name -> distance(given, name) == least && least <= most)
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

  /** The dashes of a flag are no letters: they are right in any case. */
  private static int letters(String name) {
    return name.replaceFirst("^-+", "").length();
  }

  private static int distance(String given, String name) {
    return DISTANCE.apply(given, name);
  }
}
