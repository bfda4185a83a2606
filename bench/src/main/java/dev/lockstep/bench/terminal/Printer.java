package dev.lockstep.bench.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.input.Printable;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
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
  private final PrintStream verdicts;
  private final int columns;
  private final UnaryOperator<String> edit;
  private final UnaryOperator<String> paint;

  /**
   * @param columns the most characters of a line; longer words are not broken
   */
  public Printer(PrintStream stream, int columns) {
    this(stream, stream, columns, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /**
   * @param verdicts gets what {@link #verdict} prints
   * @param edit changes every text before it is laid out
   * @param paint adds colours to every line after that
   */
  private Printer(
      PrintStream stream,
      PrintStream verdicts,
      int columns,
      UnaryOperator<String> edit,
      UnaryOperator<String> paint) {
    this.stream = stream;
    this.verdicts = verdicts;
    this.columns = columns;
    this.edit = edit;
    this.paint = paint;
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
    PrintStream stream = new PrintStream(bytes, true, UTF_8);
    content.accept(new Printer(stream, stream, columns, edit, UnaryOperator.identity()));
    return bytes.toString(UTF_8).lines().toList();
  }

  /** A printer to standard output, for what was asked for by name. */
  public static Printer out() {
    return to(System.out, System.out, Terminal.STANDARD_OUTPUT);
  }

  /** A printer to standard output, of which {@code --quiet} leaves only the verdicts. */
  public static Printer report() {
    return to(unlessQuiet(System.out), System.out, Terminal.STANDARD_OUTPUT);
  }

  /** A printer to standard error, for messages. */
  public static Printer err() {
    return to(System.err, System.err, Terminal.STANDARD_ERROR);
  }

  /** A printer to standard error for what a long run is doing; silent with {@code --quiet}. */
  public static Printer progress() {
    PrintStream stream = unlessQuiet(System.err);
    return to(stream, stream, Terminal.STANDARD_ERROR);
  }

  private static PrintStream unlessQuiet(PrintStream stream) {
    return Output.showsDetails()
        ? stream
        : new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
  }

  private static Printer to(PrintStream stream, PrintStream verdicts, int descriptor) {
    return new Printer(
        stream, verdicts, Terminal.columns(), UnaryOperator.identity(), Output.paint(descriptor));
  }

  /** A printer to the same place of which {@code --quiet} leaves everything. */
  public Printer verdicts() {
    return new Printer(verdicts, verdicts, columns, edit, paint);
  }

  /** Prints a verdict, wrapped between words, in spite of {@code --quiet}. */
  public void verdict(String text) {
    verdicts().paragraph(text);
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
    stream.println(paint.apply(cleaned(text)));
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
