package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend.Attendance;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program given on the command line.
 *
 * @param words the program and its arguments
 */
record GivenProgram(List<String> words) implements Launch {

  private static final long LARGEST_FILE = 1 << 26;

  @Override
  public List<String> in(Path folder) {
    return words;
  }

  @Override
  public Availability availability() {
    return new Availability.Available(words.getFirst());
  }

  @Override
  public String remedy() {
    return "run its command by hand: it has to read a line and answer with one (docs/programs.md)";
  }

  @Override
  public Attendance attendance() {
    return Attendance.ALWAYS;
  }

  @Override
  public String digest() {
    List<byte[]> parts = new ArrayList<>();
    for (String word : words) {
      parts.add((word + "\0").getBytes(UTF_8));
      file(word).ifPresent(parts::add);
    }
    return Sha256.of(parts);
  }

  /** The content of the file with a word as its path, if there is one. */
  private static Optional<byte[]> file(String word) {
    try {
      Path file = Path.of(word);
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST_FILE
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (InvalidPathException noFile) {
      return Optional.empty();
    } catch (IOException e) {
      throw InputException.unreadable(Path.of(word), e);
    }
  }

  /**
   * Splits a command line as a shell does, without expansions: words between blanks, single and
   * double quotes, and a backslash that escapes the next character.
   *
   * @param flag the flag with the command line
   * @throws InputException if there is no word or a quote does not end
   */
  static GivenProgram parse(String flag, String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean within = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean last = i + 1 == text.length();
      if (c == quote && quote != 0) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && !last) {
        word.append(text.charAt(++i));
        within = true;
      } else if (quote != 0) {
        word.append(c);
      } else if (c == '\'' || c == '"') {
        quote = c;
        within = true;
      } else if (Character.isWhitespace(c)) {
        if (within) {
          words.add(word.toString());
          word.setLength(0);
          within = false;
        }
      } else {
        word.append(c);
        within = true;
      }
    }
    if (quote != 0) {
      throw new InputException(flag, "command", text, "which has a quote that does not end");
    }
    if (within) {
      words.add(word.toString());
    }
    if (words.isEmpty() || words.getFirst().isEmpty()) {
      throw new InputException(flag, "command", text, "expected a program and its arguments");
    }
    return new GivenProgram(words);
  }
}
