package dev.lockstep.bench.report;

import dev.lockstep.input.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns foreign text (names of files and tensors, variables, messages of programs and drivers,
 * results) into what the format of a file can bear. Every format but a shell word shows characters
 * that are not printable by their escapes, as {@link Printable} does for terminals; Jackson does so
 * for JSON.
 */
public final class ForeignText {

  /** Fields that need quotes by RFC 4180, or that readers trim. */
  private static final Pattern QUOTED = Pattern.compile("[\",]|^ | $");

  /** A spreadsheet runs a field that starts so, unless it is a number. */
  private static final Pattern FORMULA = Pattern.compile("^[-+=@]");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d+)?([eE][-+]?\\d+)?|Infinity)");

  private static final Pattern ORDINARY_WORD = Pattern.compile("[\\w@%+=:,./-]+");

  /** The punctuation of ASCII, which a backslash makes ordinary. */
  private static final Pattern MARKUP = Pattern.compile("[!-/:-@\\[-`{-~]");

  private static final String FENCE = "```";

  private ForeignText() {}

  /** Text of an XML element; attributes have one line. Line breaks remain. */
  public static String xml(String text) {
    return Arrays.stream(text.split("\n", -1)).map(Printable::of).collect(Collectors.joining("\n"));
  }

  /** A line of comma-separated values. */
  public static String csvLine(Stream<String> fields) {
    return fields.map(ForeignText::csvField).collect(Collectors.joining(","));
  }

  private static String csvField(String field) {
    String text = Printable.of(field);
    if (FORMULA.matcher(text).find() && !NUMBER.matcher(text).matches()) {
      text = "'" + text;
    }
    return QUOTED.matcher(text).find() ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  /** A code block of Markdown, between fences longer than any in it. */
  public static List<String> markdownCode(List<String> lines) {
    String fence = FENCE;
    while (String.join("\n", lines).contains(fence)) {
      fence += "`";
    }
    return Stream.of(Stream.of(fence), lines.stream().map(Printable::of), Stream.of(fence))
        .flatMap(each -> each)
        .toList();
  }

  /** Text of one line of Markdown, also in a table: none of its characters is markup. */
  public static String markdown(String text) {
    return MARKUP.matcher(Printable.of(text)).replaceAll("\\\\$0");
  }

  /**
   * A workflow command of GitHub Actions on one line, such as {@code ::error title=a%3A b::text}.
   *
   * @param command the command's name
   * @param longest the most characters of the text
   */
  public static String workflowCommand(String command, String title, String text, int longest) {
    // A percent sign begins an escape, colons and commas end a property.
    String value = cut(title, longest).replace("%", "%25").replace(":", "%3A").replace(",", "%2C");
    return "::" + command + " title=" + value + "::" + cut(text, longest).replace("%", "%25");
  }

  /** One line, printable, and cut if it is longer than {@code longest} characters. */
  public static String cut(String text, int longest) {
    return Printable.of(text, longest);
  }

  /**
   * A word of a shell command, for commands that users copy: the text unchanged if none of its
   * characters is special to a shell, else in single quotes, or in {@code $'...'} with escapes if a
   * character is not printable or a quote. Its quotes are always two, so that {@link
   * dev.lockstep.bench.terminal.Printer#command} knows what lies between them.
   */
  public static String shellWord(String text) {
    if (ORDINARY_WORD.matcher(text).matches()) {
      return text;
    }
    if (Printable.of(text).equals(text) && !text.contains("'")) {
      return "'" + text + "'";
    }
    return text.codePoints()
        .mapToObj(ForeignText::shellCharacter)
        .collect(Collectors.joining("", "$'", "'"));
  }

  private static String shellCharacter(int character) {
    boolean plain = character >= ' ' && character < 0x7f && character != '\'' && character != '\\';
    return plain ? Character.toString(character) : String.format(Locale.ROOT, "\\U%08x", character);
  }
}
