package dev.lockstep.data;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.dataformat.csv.CsvFactory;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * The rows of comma-separated text, one at a time. Their width and the length of their fields are
 * bounded. Lines are counted as editors do: also those within quotes.
 */
final class CsvRows implements AutoCloseable {

  private static final CsvMapper MAPPER =
      CsvMapper.builder(
              CsvFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Limits.FIELD.count()).build())
                  .build())
          .build();

  private final Path file;
  private final JsonParser parser;
  private final List<String> fields = new ArrayList<>();
  private int[] lines = new int[16];

  /** The rows of a text whose fields are separated by that character. */
  CsvRows(Path file, Reader text, char separator) {
    this.file = file;
    this.parser =
        MAPPER
            .reader()
            .with(CsvSchema.emptySchema().withColumnSeparator(separator))
            .createParser(text);
  }

  /**
   * Reads the next row.
   *
   * @return whether there is one
   * @throws InputException naming the line, if it is malformed or exceeds a limit
   * @throws IOException if the text cannot be read
   */
  boolean next() throws IOException {
    fields.clear();
    try {
      if (parser.nextToken() == null) {
        return false;
      }
      while (parser.nextToken() == JsonToken.VALUE_STRING) {
        add(parser.getString(), parser.currentTokenLocation().getLineNr());
      }
      return true;
    } catch (StreamConstraintsException e) {
      throw tooLong();
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException unreadable) {
        throw unreadable;
      }
      throw new InputException(
          file.toString(),
          "line " + parser.currentTokenLocation().getLineNr(),
          "not comma-separated text",
          String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
    }
  }

  private void add(String field, int line) {
    if (field.length() > Limits.FIELD.value()) {
      throw tooLong();
    }
    if (fields.size() == Limits.COLUMNS.value()) {
      throw new InputException(
          file.toString(),
          "number of fields of line " + line(),
          "more than " + fields.size(),
          Limits.COLUMNS.expected());
    }
    if (fields.size() == lines.length) {
      lines = Arrays.copyOf(lines, 2 * lines.length);
    }
    lines[fields.size()] = line;
    fields.add(field);
  }

  private InputException tooLong() {
    return new InputException(
        file.toString(),
        "length of a field of line " + parser.currentTokenLocation().getLineNr(),
        "more than " + Limits.FIELD.value(),
        Limits.FIELD.expected());
  }

  /** The fields of the row, until the next one is read. */
  List<String> fields() {
    return fields;
  }

  /** The line on which the row begins, from 1. */
  int line() {
    return lines[0];
  }

  /** The line on which a field of the row begins, from 1. */
  int line(int column) {
    return lines[column];
  }

  /** Whether the row is a line without anything but spaces. */
  boolean isBlank() {
    return fields.size() == 1 && fields.getFirst().isBlank();
  }

  @Override
  public void close() {
    parser.close();
  }
}
