package dev.lockstep.data;

import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * A table of numbers as text (RFC 4180, UTF-8, plain or gzipped; separated by commas, semicolons or
 * tabs) with one column of labels, which may be any text.
 *
 * <p>The first line is a header if it contains the name by which the user selected the label
 * column, or if a field outside the label column is neither a number nor a usual word for a missing
 * number. A first line of numbers is a header too if it merely counts the columns, as pandas writes
 * it, and no later row has its label.
 *
 * @param names the names of the columns; without a header their numbers from 1
 * @param labelColumn the number of the label column, from 0
 * @param features rows x (columns - 1), row-major
 * @param labels the label of each row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CsvTable(List<String> names, int labelColumn, float[] features, List<String> labels) {

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

  /** A number with a decimal comma, as many languages write it. */
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[-+]?\\d+,\\d+([eE][-+]?\\d+)?");

  /** Words for a number that is missing or not finite. */
  private static final Pattern NO_VALUE =
      Pattern.compile("|\\?|-|n/?a|nan|null|none|[-+]?inf(inity)?", Pattern.CASE_INSENSITIVE);

  /** Words for a missing label, without those that may be the name of a class. */
  private static final Pattern NO_LABEL =
      Pattern.compile("|\\?|n/?a|nan|null", Pattern.CASE_INSENSITIVE);

  /** Heap bytes per byte of text: a field and a comma are at least two bytes, a float is four. */
  private static final int HEAP_BYTES_OF_A_BYTE = 2;

  /** Heap bytes per number while the array of all numbers is copied into one twice as long. */
  private static final int HEAP_BYTES_OF_A_NUMBER = 3 * Float.BYTES;

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private static final CsvMapper MAPPER =
      CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();

  /** The number of features of a row. */
  int inputs() {
    return names.size() - 1;
  }

  /**
   * Reads a table.
   *
   * @param label the name of the label column, or its number from 1; empty for the last column
   * @throws InputException if a row has a wrong number of fields or a field is no number, naming
   *     the line and the column; if there is no such label column; or if the file cannot be read
   */
  static CsvTable read(Path file, String label) {
    try (BufferedReader in = CsvText.open(file)) {
      HeapLimit.require(
          HEAP_BYTES_OF_A_BYTE * Files.size(file),
          file.toString(),
          "file length",
          Files.size(file));
      CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(CsvText.separator(in));
      try (MappingIterator<List<String>> lines =
          MAPPER.readerForListOf(String.class).with(schema).readValues(in)) {
        return new Reading(file, label).of(lines);
      }
    } catch (IOException e) {
      throw CsvText.fault(file, e);
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException unreadable) {
        throw CsvText.fault(file, unreadable);
      }
      throw InputException.unparsable(file, "not comma-separated text", e);
    }
  }

  /** Reads a table line by line. */
  private static final class Reading {
    private final Path file;
    private final String label;
    private final List<String> labels = new ArrayList<>();

    /** One string object per label, however many rows have it. */
    private final Map<String, String> different = new HashMap<>();

    private List<String> firstLine = List.of();
    private List<String> names = List.of();
    private int labelColumn;
    private float[] features = new float[1024];
    private int count;

    Reading(Path file, String label) {
      this.file = file;
      this.label = label;
    }

    CsvTable of(MappingIterator<List<String>> lines) {
      int empty = 0;
      while (lines.hasNextValue()) {
        int line = lines.currentLocation().getLineNr();
        List<String> fields = lines.nextValue();
        if (fields.stream().allMatch(String::isBlank) && fields.size() < 2) {
          empty = empty == 0 ? line : empty;
          continue;
        }
        if (empty != 0) {
          throw new InputException(
              file.toString(), "line " + empty, "empty", "expected none before the last row");
        }
        boolean header = names.isEmpty() && first(fields);
        if (!header) {
          row(fields, line);
        }
      }
      if (firstLineCountsColumns()) {
        names = firstLine;
        labels.removeFirst();
        features = Arrays.copyOfRange(features, inputs(), count);
        count -= inputs();
      }
      return new CsvTable(names, labelColumn, Arrays.copyOf(features, count), labels);
    }

    private int inputs() {
      return names.size() - 1;
    }

    /** Takes the first line. Returns whether it is a header, as far as it alone tells. */
    private boolean first(List<String> fields) {
      if (fields.size() < 2) {
        throw new InputException(
            file.toString(),
            "number of columns",
            fields.size(),
            "expected at least 2, separated by commas, semicolons or tabs");
      }
      firstLine = fields.stream().map(String::strip).toList();
      int named = label.isEmpty() ? fields.size() - 1 : firstLine.indexOf(label);
      int numbered = number(fields.size());
      boolean header = !label.isEmpty() && named >= 0 && !NUMBER.matcher(label).matches();
      for (int column = 0; column < fields.size(); column++) {
        boolean mayBeText = column == (named >= 0 ? named : numbered);
        header |= !mayBeText && isName(firstLine.get(column));
      }
      labelColumn = header && named >= 0 ? named : label.isEmpty() ? named : numbered;
      names =
          header
              ? firstLine
              : IntStream.rangeClosed(1, fields.size()).mapToObj(String::valueOf).toList();
      if (labelColumn < 0) {
        throw new InputException(
            file.toString(), "label column", label, "expected one of " + String.join(", ", names));
      }
      return header;
    }

    private static boolean isName(String text) {
      return !NUMBER.matcher(text).matches()
          && !DECIMAL_COMMA.matcher(text).matches()
          && !NO_VALUE.matcher(text).matches()
          && !text.matches("[-+]?0[xX].*");
    }

    /**
     * Whether the first line, which was read as a row, is a header that counts the columns from 0
     * or 1. Its label must be the label column's number or a word, and label no other row, while
     * every other label has at least two rows.
     */
    private boolean firstLineCountsColumns() {
      if (labels.size() < 2 || names.equals(firstLine)) {
        return false;
      }
      String first = labels.getFirst();
      boolean named = !NUMBER.matcher(first).matches();
      boolean fromZero = named || first.equals(String.valueOf(labelColumn));
      boolean fromOne = named || first.equals(String.valueOf(labelColumn + 1));
      for (int feature = 0; feature < inputs(); feature++) {
        int column = feature < labelColumn ? feature : feature + 1;
        fromZero &= features[feature] == column;
        fromOne &= features[feature] == column + 1;
      }
      return (fromZero || fromOne) && isAloneOfItsKind(first);
    }

    /** Whether exactly one row has this label, and two or more rows have each other label. */
    private boolean isAloneOfItsKind(String text) {
      Map<String, Long> rows =
          labels.stream().collect(Collectors.groupingBy(same -> same, Collectors.counting()));
      return rows.entrySet().stream().allMatch(e -> e.getValue() == 1 == e.getKey().equals(text));
    }

    /** The column, from 0, that the user gave by its number; -1 if there is none. */
    private int number(int columns) {
      if (!label.matches("[1-9]\\d{0,8}")) {
        return -1;
      }
      int number = Integer.parseInt(label);
      return number <= columns ? number - 1 : -1;
    }

    private void row(List<String> fields, int line) {
      if (fields.size() != names.size()) {
        throw new InputException(
            file.toString(),
            "number of fields of line " + line,
            fields.size(),
            "expected " + names.size());
      }
      for (int column = 0; column < fields.size(); column++) {
        if (column != labelColumn) {
          add(number(fields.get(column).strip(), line, column));
        }
      }
      String text = fields.get(labelColumn).strip();
      if (NO_LABEL.matcher(text).matches()) {
        throw fault(text, line, labelColumn, "expected a label");
      }
      labels.add(different.computeIfAbsent(text, same -> same));
    }

    private float number(String text, int line, int column) {
      if (NUMBER.matcher(text).matches()) {
        float value = Float.parseFloat(text);
        if (Float.isFinite(value)) {
          return value;
        }
      }
      String expected = "expected a number that is finite in binary32";
      if (DECIMAL_COMMA.matcher(text).matches()) {
        expected += ", with a decimal point: " + text.replace(',', '.');
      } else if (label.isEmpty() && isName(text)) {
        expected += "; if it is the label of the row, say ?label=" + names.get(column);
      }
      throw fault(text, line, column, expected);
    }

    private InputException fault(String text, int line, int column, String expected) {
      return new InputException(
          file.toString(), "column " + names.get(column) + " of line " + line, text, expected);
    }

    private void add(float value) {
      if (count == features.length) {
        long bytes = (long) HEAP_BYTES_OF_A_NUMBER * count + (long) Long.BYTES * labels.size();
        HeapLimit.require(bytes, file.toString(), "number of rows so far", labels.size());
        if (count == LONGEST_ARRAY) {
          throw new InputException(
              file.toString(), "number of rows so far", labels.size(), "expected fewer numbers");
        }
        features = Arrays.copyOf(features, (int) Math.min(LONGEST_ARRAY, 2L * count));
      }
      features[count++] = value;
    }
  }
}
