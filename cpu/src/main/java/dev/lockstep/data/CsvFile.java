package dev.lockstep.data;

import static java.util.Objects.requireNonNull;

import dev.lockstep.input.InputException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A data set in one table of comma-separated text, part of whose rows are kept for testing. */
public final class CsvFile {

  /** A label that is a number, such as 1, 1.0 or 1.000e+00; one beyond 1e999 is a text. */
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

  private CsvFile() {}

  /**
   * Reads a data set.
   *
   * <p>Classes are the different labels: whole numbers by value, else texts by their characters.
   * Which rows are for testing is drawn from the seed; both parts stay in the order of the file.
   *
   * @param label name of the label column, or its number from 1; empty for the last one
   * @param testShare of the rows, above 0 and below 1 (null: 0.2), rounded to whole rows, of which
   *     each part has one at least
   * @param scaling of the features
   * @param seed of the split
   * @throws InputException naming the line and the column of what is wrong
   */
  public static Dataset dataset(
      Path file, String label, @Nullable Double testShare, Scaling scaling, long seed) {
    CsvTable table = CsvTable.read(file, label);
    int rows = table.labels().size();
    if (rows < 2) {
      throw new InputException(file.toString(), "number of rows", rows, "expected at least 2");
    }
    Map<String, Integer> classes = classes(file, table);
    int[] labels =
        table.labels().stream().mapToInt(text -> requireNonNull(classes.get(text))).toArray();
    Examples all = new Examples(table.features(), labels, table.inputs());
    Split split = Split.of(rows, testShare, seed);
    Examples train = split.train(all);
    Examples test = split.test(all);
    scaling.apply(train.features(), test.features(), table.inputs());
    return new Dataset(file.toString(), table.inputs(), classes.size(), train, test);
  }

  /** The number of each label's class. */
  private static Map<String, Integer> classes(Path file, CsvTable table) {
    TreeSet<String> different = new TreeSet<>(table.labels());
    Map<String, Integer> numbers =
        different.stream().allMatch(text -> NUMBER.matcher(text).matches())
            ? byValue(file, table, different)
            : byText(different);
    long classes = numbers.values().stream().distinct().count();
    if (classes < 2 || classes > Dataset.MOST_CLASSES) {
      throw new InputException(
          file.toString(),
          "number of classes in " + column(table),
          classes,
          "expected 2 to " + Dataset.MOST_CLASSES);
    }
    if (classes == table.labels().size() && classes > 2) {
      throw new InputException(
          file.toString(),
          "number of classes in " + column(table),
          classes,
          "as many as rows; expected one that labels several rows");
    }
    return numbers;
  }

  private static String column(CsvTable table) {
    return "column " + table.names().get(table.labelColumn());
  }

  private static Map<String, Integer> byText(Collection<String> labels) {
    Map<String, Integer> numbers = new HashMap<>();
    labels.forEach(label -> numbers.put(label, numbers.size()));
    return numbers;
  }

  /** Whole numbers, 1.0 the same as 1. */
  private static Map<String, Integer> byValue(
      Path file, CsvTable table, Collection<String> labels) {
    TreeMap<BigDecimal, List<String>> byValue = new TreeMap<>();
    for (String label : labels) {
      BigDecimal value = new BigDecimal(label);
      if (!isWhole(value)) {
        throw new InputException(
            file.toString(),
            "a label in " + column(table),
            label,
            "expected a whole number or a text: classes are learnt, not quantities");
      }
      byValue.computeIfAbsent(value, _ -> new ArrayList<>()).add(label);
    }
    Map<String, Integer> numbers = new HashMap<>();
    int next = 0;
    for (List<String> same : byValue.values()) {
      for (String label : same) {
        numbers.put(label, next);
      }
      next++;
    }
    return numbers;
  }

  private static boolean isWhole(BigDecimal value) {
    return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
  }
}
