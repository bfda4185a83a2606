package dev.lockstep.input;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * A fault in what a user gave: a file, a flag, a value.
 *
 * <p>The message is one sentence, fit to be shown without a stack trace, that names the source, the
 * field and the value found: {@code train-images-idx3-ubyte: magic number is 0x00000802, expected
 * 0x00000803 (images)}. Faults in the program itself are never of this type.
 */
public final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_VALUE = 80;

  /** The longest path that Linux opens. */
  private static final int LONGEST_SOURCE = 4096;

  /** Longer than the longest value, because a field may contain a name from a file. */
  private static final int LONGEST_FIELD = 200;

  /** Longer than any list of choices; a problem may contain names from a file, too. */
  private static final int LONGEST_PROBLEM = 600;

  private final String source;
  private final String field;

  /** What follows the source in the message. */
  private final String sentence;

  /**
   * The fault {@code source: field is value, problem}.
   *
   * @param source the file or flag at fault
   * @param field the part of the source that is at fault; long text is cut
   * @param value the value found; control characters are escaped and long text is cut, because the
   *     value may come from a file with any content
   * @param problem the value expected instead, such as "expected 1 to 255"; long text is cut
   */
  public InputException(String source, String field, Object value, String problem) {
    this(
        source,
        field,
        shown(field, LONGEST_FIELD)
            + " is "
            + shown(value, LONGEST_VALUE)
            + ", "
            + shown(problem, LONGEST_PROBLEM));
  }

  private InputException(Path file, String problem, IOException cause) {
    this(file.toString(), "", problem + ", " + reason(cause));
    initCause(cause);
  }

  private InputException(String source, String field, String sentence) {
    super(shown(source, LONGEST_SOURCE) + ": " + sentence);
    this.source = source;
    this.field = field;
    this.sentence = sentence;
  }

  /** The file or flag at fault, or the name of a part of the program that knows neither. */
  public String source() {
    return source;
  }

  /** The part of the source that is at fault; empty if a file could not be read or written. */
  public String field() {
    return field;
  }

  /** The same fault with another source, which knows better where the value came from. */
  public InputException from(String other) {
    InputException fault = new InputException(other, field, sentence);
    fault.initCause(getCause());
    fault.setStackTrace(getStackTrace());
    return fault;
  }

  /** The fault of a file that cannot be opened or read. */
  public static InputException unreadable(Path file, IOException cause) {
    return new InputException(file, "cannot be read", cause);
  }

  /** The fault of a file that cannot be created or written. */
  public static InputException unwritable(Path file, IOException cause) {
    return new InputException(file, "cannot be written", cause);
  }

  /** The reason without the path, which {@link FileSystemException} repeats in its message. */
  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException e when e.getReason() != null -> shown(e.getReason(), LONGEST_VALUE);
      default ->
          shown(
              cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage(),
              LONGEST_VALUE);
    };
  }

  /** Text that is safe to print on one line; '' if it is empty. */
  private static String shown(Object value, int longest) {
    String text = String.valueOf(value);
    return text.isEmpty() ? "''" : Printable.of(text, longest);
  }

  /**
   * The fault of a file that a parser refused. The message names the line, if the parser tells it,
   * and ends with the first line of the parser's own message.
   *
   * @param format a phrase for the text found, such as "not JSON"
   */
  public static InputException unparsable(Path file, String format, JacksonException cause) {
    TokenStreamLocation location = cause.getLocation();
    return new InputException(
        file.toString(),
        location == null ? "content" : "line " + location.getLineNr(),
        format,
        String.valueOf(cause.getOriginalMessage()).lines().findFirst().orElse(""));
  }
}
