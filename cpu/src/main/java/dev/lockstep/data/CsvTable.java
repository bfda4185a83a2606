package dev.lockstep.data;

import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
 * @param labels the different labels, in the order of their first rows
 * @param labelOfRow the index of each row's label
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CsvTable(
    List<String> names, int labelColumn, float[] features, List<String> labels, int[] labelOfRow) {

  // Possessive, because without backtracking a match takes linear time.
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][-+]?+\\d++)?+");

  /** A number with a decimal comma, as many languages write it. */
  private static final Pattern DECIMAL_COMMA =
      Pattern.compile("[-+]?+\\d++,\\d++(?:[eE][-+]?+\\d++)?+");

  private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?+0[xX].*+");

  /** The number of a column, from 1. */
  private static final Pattern COLUMN = Pattern.compile("[1-9]\\d{0,8}+");

  /** Words for a number that is missing or not finite. */
  private static final Pattern NO_VALUE =
      Pattern.compile("|\\?|-|n/?a|nan|null|none|[-+]?inf(inity)?", Pattern.CASE_INSENSITIVE);

  /** Words for a missing label, without those that may be the name of a class. */
  private static final Pattern NO_LABEL =
      Pattern.compile("|\\?|n/?a|nan|null", Pattern.CASE_INSENSITIVE);

  /** Heap bytes per number: it is copied once, into an array of all or of a part of the rows. */
  private static final int HEAP_BYTES_OF_A_NUMBER = 2 * Float.BYTES;

  /** Heap bytes per row beside its numbers: the index of its label, which is copied too. */
  private static final int HEAP_BYTES_OF_A_ROW = 2 * Integer.BYTES;

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
    Reading reading = new Reading(file, label);
    try (BufferedReader in = CsvText.open(file);
        CsvRows rows = new CsvRows(file, in, CsvText.separator(in))) {
      return reading.of(rows);
    } catch (IOException e) {
      throw CsvText.fault(file, reading.rows, e);
    }
  }

  /** Reads a table row by row. */
  private static final class Reading {

    /** Numbers are kept in blocks of this length, so that none is copied while rows arrive. */
    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final String label;

    /** The index of each label in the order of its first row. */
    private final Map<String, Integer> labels = new HashMap<>();

    private final List<String> labelTexts = new ArrayList<>();
    private final IntStream.Builder labelOfRow = IntStream.builder();

    /** Whether a label other than that of the first row has one row so far, or two or more. */
    private final List<Boolean> repeated = new ArrayList<>();

    private final List<float[]> blocks = new ArrayList<>();
    private List<String> firstLine = List.of();
    private List<String> names = List.of();
    private int labelColumn;
    private long count;
    private int rows;

    Reading(Path file, String label) {
      this.file = file;
      this.label = label;
    }

    CsvTable of(CsvRows lines) throws IOException {
      int empty = 0;
      while (lines.next()) {
        if (lines.isBlank()) {
          empty = empty == 0 ? lines.line() : empty;
          continue;
        }
        if (empty != 0) {
          throw new InputException(
              file.toString(), "line " + empty, "empty", "expected none before the last row");
        }
        boolean header = names.isEmpty() && first(lines.fields());
        if (!header) {
          row(lines);
        }
      }
      float[] features = features();
      int[] indices = labelOfRow.build().toArray();
      if (firstLineCountsColumns(features)) {
        names = firstLine;
        labelTexts.removeFirst();
        features = Arrays.copyOfRange(features, inputs(), features.length);
        indices = Arrays.stream(indices).skip(1).map(index -> index - 1).toArray();
      }
      return new CsvTable(names, labelColumn, features, List.copyOf(labelTexts), indices);
    }

    /** All numbers, which are taken from the blocks. */
    private float[] features() {
      float[] all = new float[Math.toIntExact(count)];
      for (int at = 0; at < all.length; at += BLOCK) {
        System.arraycopy(blocks.get(at / BLOCK), 0, all, at, Math.min(BLOCK, all.length - at));
      }
      blocks.clear();
      return all;
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
          && !HEXADECIMAL.matcher(text).matches();
    }

    /**
     * Whether the first line, which was read as a row, is a header that counts the columns from 0
     * or 1. Its label must be the label column's number or a word, and label no other row, while
     * every other label has at least two rows.
     */
    private boolean firstLineCountsColumns(float[] features) {
      if (rows < 2 || names.equals(firstLine)) {
        return false;
      }
      String first = labelTexts.getFirst();
      boolean named = !NUMBER.matcher(first).matches();
      boolean fromZero = named || first.equals(String.valueOf(labelColumn));
      boolean fromOne = named || first.equals(String.valueOf(labelColumn + 1));
      for (int feature = 0; feature < inputs(); feature++) {
        int column = feature < labelColumn ? feature : feature + 1;
        fromZero &= features[feature] == column;
        fromOne &= features[feature] == column + 1;
      }
      return (fromZero || fromOne)
          && !repeated.getFirst()
          && repeated.stream().skip(1).allMatch(Boolean::booleanValue);
    }

    /** The column, from 0, that the user gave by its number; -1 if there is none. */
    private int number(int columns) {
      if (!COLUMN.matcher(label).matches()) {
        return -1;
      }
      int number = Integer.parseInt(label);
      return number <= columns ? number - 1 : -1;
    }

    private void row(CsvRows row) {
      List<String> fields = row.fields();
      if (fields.size() != names.size()) {
        throw new InputException(
            file.toString(),
            "number of fields of line " + row.line(),
            fields.size(),
            "expected " + names.size());
      }
      for (int column = 0; column < fields.size(); column++) {
        if (column != labelColumn) {
          add(number(fields.get(column).strip(), row.line(column), column));
        }
      }
      String text = fields.get(labelColumn).strip();
      if (NO_LABEL.matcher(text).matches()) {
        throw fault(text, row.line(labelColumn), labelColumn, "expected a label");
      }
      labelOfRow.add(index(text));
      rows++;
    }

    private int index(String text) {
      Integer known = labels.get(text);
      if (known != null) {
        repeated.set(known, true);
        return known;
      }
      labels.put(text, labelTexts.size());
      labelTexts.add(text);
      repeated.add(false);
      Limits.LABELS.require(
          file.toString(),
          "number of different labels in column " + names.get(labelColumn),
          labelTexts.size());
      return labelTexts.size() - 1;
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
      int at = (int) (count % BLOCK);
      if (at == 0) {
        HeapLimit.require(
            HEAP_BYTES_OF_A_NUMBER * count + HEAP_BYTES_OF_A_ROW * (long) rows,
            file.toString(),
            "number of rows so far",
            rows);
        if (count > Limits.ARRAY.value() - BLOCK) {
          throw new InputException(
              file.toString(),
              "number of rows so far",
              rows,
              "whose numbers exceed the " + Limits.ARRAY.value() + " of an array");
        }
        blocks.add(new float[BLOCK]);
      }
      blocks.getLast()[at] = value;
      count++;
    }
  }
}
