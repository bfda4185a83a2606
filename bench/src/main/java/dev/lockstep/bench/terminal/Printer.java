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
 * Prints what people read. Everything that this program prints goes through here, so that no name
 * from a file, a variable or an argument can control the terminal or start a line of its own.
 */
public final class Printer {

  private static final ObjectWriter ASCII_JSON =
      JsonMapper.shared().writerWithDefaultPrettyPrinter().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final PrintStream stream;
  private final int columns;
  private final UnaryOperator<String> edit;

  /**
   * @param columns most characters of a line, where words allow it
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
   * What would be printed, as lines for a file.
   *
   * @param edit changes every text before it is laid out
   */
  public static List<String> lines(
      int columns, UnaryOperator<String> edit, Consumer<Printer> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.accept(new Printer(new PrintStream(bytes, true, UTF_8), columns, edit));
    return bytes.toString(UTF_8).lines().toList();
  }

  /** Standard output. */
  public static Printer out() {
    return new Printer(System.out, Terminal.columns());
  }

  /** Standard error, for messages and progress. */
  public static Printer err() {
    return new Printer(System.err, Terminal.columns());
  }

  /** Most characters of a line. */
  public int columns() {
    return columns;
  }

  /** An empty line. */
  public void line() {
    stream.println();
  }

  /** One line, however long: a message, or what a program may read. */
  public void line(String text) {
    stream.println(cleaned(text));
  }

  /** Lines that were laid out before. */
  public void lines(List<String> lines) {
    lines.forEach(this::line);
  }

  /** Text that is wrapped. */
  public void paragraph(String text) {
    paragraph(text, 0, 0);
  }

  /**
   * Text that is wrapped.
   *
   * @param indent blanks before its first line
   * @param hanging blanks before each other line
   */
  public void paragraph(String text, int indent, int hanging) {
    String first = " ".repeat(indent) + cleaned(text);
    lines(Wrapping.of(first, columns, " ".repeat(hanging)));
  }

  /**
   * A command line that a shell takes as it stands, broken before its flags.
   *
   * @param indent blanks before its first line
   */
  public void command(String text, int indent) {
    lines(Wrapping.command(" ".repeat(indent) + cleaned(text), columns, indent + 2));
  }

  /**
   * A table.
   *
   * @param indent blanks before each line
   */
  public void table(Table table, int indent) {
    table
        .edited(this::cleaned)
        .lines(columns - indent)
        .forEach(line -> line(line.isEmpty() ? line : " ".repeat(indent) + line));
  }

  /** JSON, in which all that is not ASCII is escaped. */
  public void json(JsonNode tree) {
    stream.println(ASCII_JSON.writeValueAsString(tree));
  }

  /** A script that this program made; it is not changed. */
  public void verbatim(String text) {
    stream.println(text);
  }

  private String cleaned(String text) {
    return Printable.of(edit.apply(text));
  }
}
