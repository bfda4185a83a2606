package dev.lockstep.data;

import static java.util.Objects.requireNonNull;

import dev.lockstep.model.InputException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A data set in one table of comma-separated text, part of whose rows are kept for testing. */
public final class CsvFile {

  private CsvFile() {}

  /**
   * Reads a data set.
   *
   * <p>Classes are the different labels, whole numbers by value, else texts by their characters.
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
    if (different.size() < 2 || different.size() > Dataset.MOST_CLASSES) {
      throw new InputException(
          file.toString(),
          "number of classes in column " + table.names().get(table.labelColumn()),
          different.size(),
          "expected 2 to " + Dataset.MOST_CLASSES);
    }
    if (different.stream().allMatch(text -> text.matches("[-+]?\\d{1,18}"))) {
      TreeMap<Long, String> byValue = new TreeMap<>();
      different.forEach(text -> byValue.putIfAbsent(Long.parseLong(text), text));
      if (byValue.size() == different.size()) {
        return numbered(byValue.values());
      }
    }
    return numbered(different);
  }

  private static Map<String, Integer> numbered(Collection<String> labels) {
    Map<String, Integer> numbers = new HashMap<>();
    labels.forEach(label -> numbers.put(label, numbers.size()));
    return numbers;
  }
}
