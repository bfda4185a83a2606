package dev.lockstep.data;

import static java.util.Objects.requireNonNull;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A data set in one table of comma-separated text. A part of its rows is kept for testing. */
public final class CsvFile {

  /** A label that is a number, such as 1, 1.0 or 1.000e+00; beyond 1e999 it counts as a text. */
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][-+]?+\\d{1,3}+)?+");

  private CsvFile() {}

  /**
   * Reads a data set.
   *
   * <p>The classes are the different labels, in order: whole numbers by value, else texts by their
   * characters. The seed decides the rows for testing; both parts stay in the order of the file.
   *
   * @param label the name of the label column, or its number from 1; empty for the last column
   * @param testShare the share of rows for testing, above 0 and below 1 (null: 0.2); it is rounded
   *     to whole rows, at least one in each part
   * @param scaling how features are scaled
   * @param seed the seed of the split
   * @throws InputException naming the line and the column at fault
   */
  public static Dataset dataset(
      Path file, String label, @Nullable Double testShare, Scaling scaling, long seed) {
    CsvTable table = CsvTable.read(file, label);
    int rows = table.labelOfRow().length;
    if (rows < 2) {
      throw new InputException(file.toString(), "number of rows", rows, "expected at least 2");
    }
    Map<String, Integer> classes = classes(file, table);
    int[] classOfLabel =
        table.labels().stream().mapToInt(text -> requireNonNull(classes.get(text))).toArray();
    int[] labels = Arrays.stream(table.labelOfRow()).map(index -> classOfLabel[index]).toArray();
    Examples all = new Examples(table.features(), labels, table.inputs());
    Split split = Split.of(rows, testShare, seed);
    Examples train = split.train(all);
    Examples test = split.test(all);
    scaling.apply(train.features(), test.features(), table.inputs());
    return new Dataset(file.toString(), table.inputs(), classes.size(), train, test);
  }

  /**
   * Numbers the classes in the order of their labels. If all labels are numbers, they are ordered
   * by value, so that 1.0 and 1 are one class; else by their characters.
   */
  private static Map<String, Integer> classes(Path file, CsvTable table) {
    Set<String> labels = new TreeSet<>(table.labels());
    boolean numbers = labels.stream().allMatch(CsvFile::isNumber);
    TreeMap<String, Integer> classes =
        new TreeMap<>(numbers ? Comparator.comparing(BigDecimal::new) : Comparator.naturalOrder());
    for (String label : labels) {
      if (numbers && !isWhole(new BigDecimal(label))) {
        throw new InputException(
            file.toString(),
            "a label in " + column(table),
            label,
            "expected a whole number or a text: classes are learnt, not quantities");
      }
      classes.put(label, 0);
    }
    int count = 0;
    for (Map.Entry<String, Integer> each : classes.entrySet()) {
      each.setValue(count++);
    }
    if (count < 2 || count > Limits.CLASSES.value()) {
      throw new InputException(
          file.toString(),
          "number of classes in " + column(table),
          count,
          "expected 2 to " + Limits.CLASSES.value());
    }
    if (count == table.labelOfRow().length && count > 2) {
      throw new InputException(
          file.toString(),
          "number of classes in " + column(table),
          count,
          "as many as rows; expected one that labels several rows");
    }
    return classes;
  }

  private static boolean isNumber(String label) {
    return label.length() <= Limits.NUMBER_LABEL.value() && NUMBER.matcher(label).matches();
  }

  private static String column(CsvTable table) {
    return "column " + table.names().get(table.labelColumn());
  }

  private static boolean isWhole(BigDecimal value) {
    return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
  }
}
