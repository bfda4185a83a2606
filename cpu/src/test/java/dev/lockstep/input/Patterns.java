package dev.lockstep.input;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The regular expressions of a module, each tried on texts that make a backtracking matcher slow.
 * Work is counted in characters read, not in time: a text four times as long may take little more
 * than four times as many.
 */
public final class Patterns {

  private static final int SHORT = 400;
  private static final int TIMES = 4;

  /** Long enough to exhaust the stack if each repetition takes some of it. */
  private static final int LONG = 10_000;

  private static final List<String> LETTERS =
      List.of(" ", "a", "E", "1", "0", ".", ",", "+", "-", "'", "(", ")", "}", "/", "\n", "x");
  private static final List<String> STARTS = List.of("", "{", "(", "'", "/", "1");
  private static final List<String> ENDS = List.of("", "!");

  private Patterns() {}

  /** A constant of a class. */
  public record Named(String name, Pattern pattern) {}

  /** All constants of the module that a class belongs to. */
  public static List<Named> of(Class<?> ofModule) throws IOException, URISyntaxException {
    Path root = Path.of(ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Named> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        if (name.startsWith("dev.lockstep.")) {
          add(all, name.substring(0, name.length() - ".class".length()), ofModule);
        }
      }
    }
    return all;
  }

  private static void add(List<Named> all, String className, Class<?> ofModule) {
    try {
      Class<?> type = Class.forName(className, false, ofModule.getClassLoader());
      for (Field field : type.getDeclaredFields()) {
        if (field.getType() == Pattern.class && Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          all.add(
              new Named(type.getSimpleName() + "." + field.getName(), (Pattern) field.get(null)));
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(className, e);
    }
  }

  /**
   * What takes more than linear time or stack, in words: the first fault of each pattern.
   *
   * @param searched the names of the patterns that are searched for, not only matched whole
   */
  public static List<String> faults(List<Named> patterns, Set<String> searched) {
    List<String> faults = new ArrayList<>();
    for (Named named : patterns) {
      tries(named, "matches", Matcher::matches, faults);
      if (searched.contains(named.name())) {
        tries(named, "find", Patterns::findAll, faults);
      }
    }
    return faults;
  }

  private static boolean findAll(Matcher matcher) {
    boolean found = false;
    while (matcher.find()) {
      found = true;
    }
    return found;
  }

  private static void tries(
      Named named, String method, Predicate<Matcher> use, List<String> faults) {
    for (String first : LETTERS) {
      for (String second : LETTERS) {
        for (String start : STARTS) {
          for (String end : ENDS) {
            String unit = first + second;
            long few = read(named.pattern(), use, start + unit.repeat(SHORT / 2) + end);
            long many = read(named.pattern(), use, start + unit.repeat(TIMES * SHORT / 2) + end);
            if (many > 3L * TIMES / 2 * few + SHORT) {
              faults.add(
                  String.format(
                      Locale.ROOT,
                      "%s.%s reads %d characters of '%s%s...%s', but %d of one %d times as long",
                      named.name(),
                      method,
                      few,
                      start,
                      unit,
                      end,
                      many,
                      TIMES));
              return;
            }
          }
        }
        try {
          read(named.pattern(), use, (first + second).repeat(LONG));
        } catch (StackOverflowError e) {
          faults.add(named.name() + " exhausts the stack on '" + first + second + "...'");
          return;
        }
      }
    }
  }

  private static long read(Pattern pattern, Predicate<Matcher> use, String text) {
    Counted counted = new Counted(text);
    var _ = use.test(pattern.matcher(counted));
    return counted.read;
  }

  /** Counts the characters that are read. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long read;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      read++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
