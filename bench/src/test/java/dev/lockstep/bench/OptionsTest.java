package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.flags.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Every flag of every command that takes a value, as picocli knows them, with values that no flag
 * takes. A new flag is among them without being named here.
 */
final class OptionsTest {

  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, Integer.class, long.class, Long.class, double.class, Double.class);

  @TempDir static Path folder;
  @RegisterExtension final Console console = new Console();

  /** A flag or a positional argument of a command. */
  private record Argument(CommandSpec command, ArgSpec spec) {

    @Override
    public String toString() {
      return command.qualifiedName() + " " + name();
    }

    String name() {
      return spec instanceof OptionSpec option ? option.longestName() : spec.paramLabel();
    }

    /** The type of its value, or of an item of its list. */
    Class<?> type() {
      return spec.auxiliaryTypes()[0];
    }

    boolean isList() {
      return !spec.splitRegex().isEmpty() || type() == Range.class;
    }

    /** A value that is right, where a list needs one. */
    String right() {
      return spec.completionCandidates() != null && spec.completionCandidates().iterator().hasNext()
          ? spec.completionCandidates().iterator().next()
          : "1";
    }

    /** A command line with everything that is required, and this value. */
    List<String> line(String value) {
      List<String> line = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
      line.removeFirst();
      for (OptionSpec other : command.options()) {
        if (other.required() && other != spec) {
          line.add(other.longestName());
          if (other.arity().max() > 0) {
            line.add(folder.resolve("required").toString());
          }
        }
      }
      if (spec instanceof OptionSpec option) {
        line.add(option.longestName() + "=" + value);
      }
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        if (parameter == spec) {
          line.add(value);
        } else if (parameter.required()) {
          line.add(folder.resolve("none").toString());
        }
      }
      return line;
    }
  }

  private static Stream<Argument> arguments(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    return Stream.concat(
        command.args().stream()
            .filter(each -> each.arity().max() > 0)
            .map(each -> new Argument(command, each)),
        line.getSubcommands().values().stream().flatMap(OptionsTest::arguments));
  }

  private static Stream<Argument> all() {
    return arguments(Lockstep.commandLine());
  }

  static Stream<Arguments> wrong() {
    return all()
        .flatMap(argument -> wrongValues(argument).map(value -> Arguments.of(argument, value)));
  }

  private static Stream<String> wrongValues(Argument argument) {
    List<String> wrong = new ArrayList<>(List.of(""));
    boolean range = argument.type() == Range.class;
    if (NUMBERS.contains(argument.type()) || range) {
      wrong.addAll(List.of("-99999999999999999999", "one", " ", "NaN", "0x10"));
    }
    if (argument.type() == int.class || argument.type() == Integer.class || range) {
      wrong.addAll(List.of("-1", "2147483648", "9223372036854775808", "1.5", "1 "));
    }
    if (argument.isList()) {
      String right = argument.right();
      wrong.addAll(List.of(",", right + ",", "," + right, right + ",," + right));
    }
    return wrong.stream().distinct();
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aWrongValueIsRefusedByTheNameOfItsFlag(Argument argument, String value) throws IOException {
    Set<Path> before = here();
    int code = Lockstep.run(argument.line(value).toArray(String[]::new));

    assertThat(console.complained())
        .hasLineCount(1)
        .startsWith(
            argument.command().name().equals("help")
                ? "lockstep: help: "
                : "lockstep: " + argument.name() + ": ")
        .contains(value.isEmpty() || value.contains(",") ? "''" : value);
    assertThat(code).isEqualTo(2);
    assertThat(console.printed()).isEmpty();
    assertThat(here()).isEqualTo(before);
    assertThat(folder).isEmptyDirectory();
  }

  private static Set<Path> here() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.collect(Collectors.toSet());
    }
  }

  /** Options of every kind that is tested, so that the test cannot come to test nothing. */
  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindIsThere(String name, long least) {
    assertThat(
            all()
                .filter(
                    argument ->
                        switch (name) {
                          case "path" -> argument.type() == Path.class;
                          case "number" -> NUMBERS.contains(argument.type());
                          case "range" -> argument.type() == Range.class;
                          default -> argument.isList();
                        }))
        .hasSizeGreaterThanOrEqualTo(Math.toIntExact(least));
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("path", 18),
        Arguments.of("number", 20),
        Arguments.of("range", 7),
        Arguments.of("list", 25));
  }
}
