package dev.lockstep.bench.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.input.Printable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints text for people. All output of this program passes through this class, which replaces
 * control characters, so that no name from a file, a variable or an argument can control the
 * terminal or begin a new line.
 */
public final class Printer {

  private static final ObjectWriter ASCII_JSON =
      JsonMapper.shared().writerWithDefaultPrettyPrinter().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final PrintStream stream;
  private final int columns;
  private final UnaryOperator<String> edit;

  /**
   * @param columns the most characters of a line; longer words are not broken
   */
  public Printer(PrintStream stream, int columns) {
    this(stream, columns, UnaryOperator.identity());
  }

  private Printer(PrintStream stream, int columns, UnaryOperator<String> edit) {
    this.stream = stream;
    this.columns = columns;
    this.edit = edit;
  }

  /**
   * Returns printed output as lines, for a file.
   *
   * @param edit changes every text before it is laid out
   * @param content prints the output
   */
  public static List<String> lines(
      int columns, UnaryOperator<String> edit, Consumer<Printer> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.accept(new Printer(new PrintStream(bytes, true, UTF_8), columns, edit));
    return bytes.toString(UTF_8).lines().toList();
  }

  /** A printer to standard output. */
  public static Printer out() {
    return new Printer(System.out, Terminal.columns());
  }

  /** A printer to standard error, for messages. */
  public static Printer err() {
    return new Printer(System.err, Terminal.columns());
  }

  /** The most characters of a line. */
  public int columns() {
    return columns;
  }

  /** Prints an empty line. */
  public void line() {
    stream.println();
  }

  /** Prints one line without wrapping it. */
  public void line(String text) {
    stream.println(cleaned(text));
  }

  /** Prints lines without wrapping them. */
  public void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /** Prints text wrapped between words. */
  public void paragraph(String text) {
    paragraph(text, 0, 0);
  }

  /**
   * Prints text wrapped between words.
   *
   * @param indent blanks before the first line
   * @param hanging blanks before every other line
   */
  public void paragraph(String text, int indent, int hanging) {
    String first = " ".repeat(indent) + cleaned(text);
    lines(Wrapping.of(first, columns, " ".repeat(hanging)));
  }

  /**
   * Prints a shell command, broken before its flags with backslashes.
   *
   * @param indent blanks before the first line
   */
  public void command(String text, int indent) {
    lines(Wrapping.command(" ".repeat(indent) + cleaned(text), columns, indent + 2));
  }

  /**
   * Prints a table.
   *
   * @param indent blanks before each line
   */
  public void table(Table table, int indent) {
    table
        .edited(this::cleaned)
        .lines(columns - indent)
        .forEach(line -> line(line.isEmpty() ? line : " ".repeat(indent) + line));
  }

  /** Prints indented JSON with non-ASCII characters escaped. */
  public void json(JsonNode tree) {
    stream.println(ASCII_JSON.writeValueAsString(tree));
  }

  /** Prints text that this program generated, such as a script, unchanged. */
  public void verbatim(String text) {
    stream.println(text);
  }

  private String cleaned(String text) {
    return Printable.of(edit.apply(text));
  }
}
