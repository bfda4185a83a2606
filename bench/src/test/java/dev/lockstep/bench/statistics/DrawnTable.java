package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A table of a document whose figures a test draws. */
final class DrawnTable {

  private static final Pattern PERCENT = Pattern.compile("(\\d+(?:\\.\\d+)?)%");

  private DrawnTable() {}

  /**
   * Requires that a document has these rows. Rows are equal if no figure differs by more than a
   * percent: logarithms may differ in the last bit from one processor to another, and a draw just
   * on the edge with them.
   *
   * @param pattern of the rows of the table, a regular expression
   */
  static void require(Path document, String pattern, List<String> rows) throws IOException {
    List<String> told =
        Files.readAllLines(document).stream().filter(line -> line.matches(pattern)).toList();
    assertThat(told)
        .as("the table must be\n%s", String.join("\n", rows))
        .usingElementComparator(DrawnTable::byFigures)
        .containsExactlyElementsOf(rows);
  }

  private static int byFigures(String left, String right) {
    boolean sameText =
        PERCENT.matcher(left).replaceAll("").equals(PERCENT.matcher(right).replaceAll(""));
    return sameText && largestDifference(figures(left), figures(right)) <= 1 ? 0 : 1;
  }

  private static double[] figures(String row) {
    return PERCENT
        .matcher(row)
        .results()
        .mapToDouble(figure -> Double.parseDouble(figure.group(1)))
        .toArray();
  }

  private static double largestDifference(double[] left, double[] right) {
    return IntStream.range(0, left.length)
        .mapToDouble(i -> Math.abs(left[i] - right[i]))
        .max()
        .orElse(0);
  }
}
