package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.LineNumberReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The characters of a table: UTF-8, plain or gzipped, without the byte order mark that spreadsheets
 * write first.
 */
final class CsvText {

  /** How far {@link #separator} looks ahead: two lines of any table that people write. */
  private static final int LOOK_AHEAD = 1 << 16;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  /** A code point that no text contains: it is reserved for internal use like this. */
  private static final char NO_CHARACTER = '\uffff';

  private CsvText() {}

  /** Opens a file. Reading throws {@link CharacterCodingException} if it is not UTF-8. */
  static BufferedReader open(Path file) throws IOException {
    InputStream in = Gzip.open(file);
    try {
      BufferedReader text =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
      text.mark(1);
      if (text.read() != BYTE_ORDER_MARK) {
        text.reset();
      }
      return text;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The separator of the fields: a tab, a semicolon or a comma. It is the first of these that the
   * first line has outside of quotes and that the second line has equally often.
   */
  static char separator(BufferedReader text) throws IOException {
    char[] start = new char[LOOK_AHEAD];
    text.mark(LOOK_AHEAD);
    int length = 0;
    for (int read; length < start.length; length += read) {
      read = text.read(start, length, start.length - length);
      if (read < 0) {
        break;
      }
    }
    text.reset();
    String[] lines = new String(start, 0, length).split("\\R", 3);
    for (char separator : new char[] {'\t', ';'}) {
      long first = count(lines[0], separator);
      boolean more = lines.length > 1 && !lines[1].isBlank();
      if (first > 0 && (!more || first == count(lines[1], separator))) {
        return separator;
      }
    }
    return ',';
  }

  private static long count(String line, char separator) {
    long count = 0;
    boolean quoted = false;
    for (char c : line.toCharArray()) {
      quoted ^= c == '"';
      count += c == separator && !quoted ? 1 : 0;
    }
    return count;
  }

  /**
   * The fault of a file that cannot be read. It names the first line that is not UTF-8.
   *
   * @param rows the number of rows that were read
   */
  static InputException fault(Path file, int rows, IOException cause) {
    if (!(cause instanceof CharacterCodingException)) {
      return Gzip.fault(file, "unpacked length of " + rows + " rows", cause);
    }
    CharsetDecoder marking =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(NO_CHARACTER));
    try (LineNumberReader text =
        new LineNumberReader(new InputStreamReader(Gzip.open(file), marking))) {
      int next;
      do {
        next = text.read();
      } while (next >= 0 && next != NO_CHARACTER);
      return new InputException(
          file.toString(),
          "line " + (text.getLineNumber() + 1),
          "not UTF-8",
          "expected text in that encoding");
    } catch (IOException e) {
      return Gzip.fault(file, e);
    }
  }
}
