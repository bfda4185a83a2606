package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The characters of a table: plain or gzipped, UTF-8, without the byte order mark that spreadsheets
 * put first. A byte that is no UTF-8 is told by its line, which {@link java.io.InputStreamReader}
 * cannot say.
 */
final class CsvText extends Reader {

  private static final int BUFFER = 1 << 13;

  /** How far {@link #separator} looks: two lines of any table that people write. */
  private static final int LOOK_AHEAD = 1 << 16;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Path file;
  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
  private boolean started;
  private boolean ended;
  private int line = 1;
  private char before;

  private CsvText(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** The characters of a file, of which {@link #separator} may look at the first. */
  static PushbackReader open(Path file) {
    try {
      InputStream plain = new BufferedInputStream(Files.newInputStream(file));
      return new PushbackReader(new CsvText(file, unzipped(file, plain)), LOOK_AHEAD);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static InputStream unzipped(Path file, InputStream plain) throws IOException {
    try {
      return GzipStart.isNext((BufferedInputStream) plain) ? new GZIPInputStream(plain) : plain;
    } catch (IOException e) {
      plain.close();
      if (e instanceof EOFException || e instanceof ZipException) {
        throw damaged(file, e);
      }
      throw e;
    }
  }

  /**
   * What separates the fields: a tab, a semicolon or a comma, the first of them that the first line
   * has outside of quotes, and the second line as often.
   */
  static char separator(PushbackReader text) throws IOException {
    char[] start = new char[LOOK_AHEAD];
    int length = 0;
    for (int read; length < start.length; length += read) {
      read = text.read(start, length, start.length - length);
      if (read < 0) {
        break;
      }
    }
    text.unread(start, 0, length);
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

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    CharBuffer out = CharBuffer.wrap(buffer, offset, length).slice();
    while (out.position() == 0 && length > 0) {
      CoderResult result = decoder.decode(bytes, out, ended);
      countLines(buffer, offset, out.position());
      if (result.isError()) {
        throw new InputException(
            file.toString(), "line " + line, "not UTF-8", "expected text in that encoding");
      }
      if (out.position() == 0) {
        if (ended) {
          return -1;
        }
        fill();
      } else if (!started) {
        started = true;
        if (buffer[offset] == BYTE_ORDER_MARK) {
          System.arraycopy(buffer, offset + 1, buffer, offset, out.position() - 1);
          out.position(out.position() - 1);
        }
      }
    }
    return out.position();
  }

  private void fill() throws IOException {
    bytes.compact();
    try {
      int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
      ended = read < 0;
      bytes.position(bytes.position() + Math.max(0, read));
    } catch (EOFException | ZipException e) {
      throw damaged(file, e);
    }
    bytes.flip();
  }

  private static InputException damaged(Path file, IOException e) {
    return new InputException(
        file.toString(),
        "gzip stream",
        e instanceof EOFException ? "cut off" : "damaged",
        "expected a whole one");
  }

  /** A line ends with a line feed, a carriage return, or both. */
  private void countLines(char[] buffer, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (buffer[i] == '\r' || (buffer[i] == '\n' && before != '\r')) {
        line++;
      }
      before = buffer[i];
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
