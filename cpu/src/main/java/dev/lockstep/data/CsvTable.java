package dev.lockstep.data;

import dev.lockstep.model.HeapLimit;
import dev.lockstep.model.InputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/**
 * A table of numbers as comma-separated text (RFC 4180, UTF-8, plain or gzipped) with one column of
 * labels, which may be any text.
 *
 * <p>The first line is a header if it has a field outside the label column that is no number.
 *
 * @param names of the columns; without a header their numbers from 1
 * @param labelColumn from 0
 * @param features rows x (columns - 1), row-major
 * @param labels of each row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CsvTable(List<String> names, int labelColumn, float[] features, List<String> labels) {

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

  /** A field and a comma are two bytes at least, and a number in binary32 is four. */
  private static final int HEAP_BYTES_OF_A_BYTE = 2;

  private static final CsvMapper MAPPER =
      CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();

  /** Number of features of a row. */
  int inputs() {
    return names.size() - 1;
  }

  /**
   * Reads a table.
   *
   * @param label name of the label column, or its number from 1; empty for the last one
   * @throws InputException naming the line and the column of what is no number, is missing or is
   *     one too many, or if there is no such label column
   */
  static CsvTable read(Path file, String label) {
    try (InputStream in = open(file);
        MappingIterator<List<String>> lines = MAPPER.readerForListOf(String.class).readValues(in)) {
      HeapLimit.require(
          HEAP_BYTES_OF_A_BYTE * Files.size(file),
          file.toString(),
          "file length",
          Files.size(file));
      return new Reading(file, label).of(lines);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    } catch (JacksonException e) {
      throw new InputException(
          file.toString(),
          InputException.place(e),
          "no comma-separated text",
          String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
    }
  }

  private static InputStream open(Path file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file));
    return GzipStart.isNext(in) ? new GZIPInputStream(in) : in;
  }

  /** Line by line. */
  private static final class Reading {
    private final Path file;
    private final String label;
    private final List<String> labels = new ArrayList<>();
    private List<String> names = List.of();
    private int labelColumn;
    private float[] features = new float[1024];
    private int count;

    Reading(Path file, String label) {
      this.file = file;
      this.label = label;
    }

    CsvTable of(MappingIterator<List<String>> lines) {
      while (lines.hasNextValue()) {
        List<String> fields = lines.nextValue();
        int line = lines.currentLocation().getLineNr();
        boolean header = names.isEmpty() && first(fields);
        if (!header) {
          row(fields, line);
        }
      }
      return new CsvTable(names, labelColumn, Arrays.copyOf(features, count), labels);
    }

    /** Whether the first line was a header. */
    private boolean first(List<String> fields) {
      if (fields.size() < 2) {
        throw new InputException(
            file.toString(), "number of columns", fields.size(), "expected at least 2");
      }
      int named = label.isEmpty() ? fields.size() - 1 : fields.indexOf(label);
      int numbered = number(fields.size());
      boolean header = false;
      for (int column = 0; column < fields.size(); column++) {
        boolean mayBeText = column == (named >= 0 ? named : numbered);
        header |= !mayBeText && !NUMBER.matcher(fields.get(column).strip()).matches();
      }
      labelColumn = header && named >= 0 ? named : label.isEmpty() ? named : numbered;
      names =
          header
              ? List.copyOf(fields)
              : IntStream.rangeClosed(1, fields.size()).mapToObj(String::valueOf).toList();
      if (labelColumn < 0) {
        throw new InputException(
            file.toString(), "label column", label, "expected one of " + String.join(", ", names));
      }
      return header;
    }

    /** The column that the label is the number of, or -1. */
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
      labels.add(fields.get(labelColumn).strip());
    }

    private float number(String text, int line, int column) {
      if (NUMBER.matcher(text).matches()) {
        float value = Float.parseFloat(text);
        if (Float.isFinite(value)) {
          return value;
        }
      }
      throw new InputException(
          file.toString(),
          "column " + names.get(column) + " of line " + line,
          text,
          "expected a number that is finite in binary32");
    }

    private void add(float value) {
      if (count == features.length) {
        features = Arrays.copyOf(features, Math.multiplyExact(2, count));
      }
      features[count++] = value;
    }
  }
}
