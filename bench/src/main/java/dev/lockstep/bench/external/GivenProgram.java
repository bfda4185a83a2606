package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend.Attendance;
import dev.lockstep.bench.files.Sha256;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program that the user has given on the command line.
 *
 * @param words the program and its arguments
 */
record GivenProgram(List<String> words) implements Launch {

  private static final long LARGEST_FILE = 1 << 26;

  GivenProgram {
    words = List.copyOf(words);
  }

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

  /** The content of the file that a word names, if it does. */
  private static Optional<byte[]> file(String word) {
    try {
      Path file = Path.of(word);
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST_FILE
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (InvalidPathException noFile) {
      return Optional.empty(); // a word that cannot be a path
    } catch (IOException e) {
      throw InputException.unreadable(Path.of(word), e);
    }
  }

  /**
   * Takes a command line apart as a shell does, without one: words between blanks, quotes of both
   * kinds, and a backslash for the next character. Nothing is expanded.
   *
   * @param flag that it came from
   * @throws InputException if there is no word, or a quote does not end
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
