package dev.lockstep.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.GoldenRun.Part;
import dev.lockstep.model.Initialization;
import dev.lockstep.program.Arithmetic;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The recorded bits of all {@link GoldenScenario}s: a line for each, with its name, its fields and
 * a column for each {@link Part}, separated by semicolons. They tell of a change that alters all
 * backends alike, which comparing them with each other does not.
 *
 * <p>Bits are meant to stay. To record them anew, because there are more scenarios or canonical
 * arithmetic has changed on purpose, which takes another {@link Arithmetic#VERSION}:
 *
 * <pre>{@code
 * mvn -pl cpu -Dtest=GoldenFileTest -Dlockstep.golden=record test
 * git diff --stat cpu/src/test/resources
 * }</pre>
 *
 * <p>Scenarios with orthogonal initialisation have a file of their own, {@code -orthogonal.csv}:
 * their bits depend on the order of a matrix decomposition too. So have those with normalization,
 * which is a column more there.
 */
enum GoldenFile {
  /** Canonical arithmetic, recorded by {@code scalar}: what every exact backend computes. */
  CANONICAL,
  /** Recorded by {@code double}. */
  DOUBLE;

  private static final Path SOURCES =
      Path.of("src", "test", "resources", "dev", "lockstep", "backend", "golden");

  private static final String VERSION = "version.csv";

  private static final String SEPARATOR = ";";

  private static final int THREADS = 2;

  private static final List<String> COLUMNS =
      List.of(
          "name",
          "data",
          "hidden",
          "activation",
          "initialization",
          "loss",
          "noise",
          "learning-rate",
          "optimizer",
          "schedule",
          "weight-decay",
          "batch",
          "seed");

  /**
   * The lines of both files.
   *
   * @throws IllegalArgumentException if a line is damaged
   */
  Map<GoldenScenario, GoldenRun> read() {
    Map<GoldenScenario, GoldenRun> runs = new LinkedHashMap<>();
    for (Group group : Group.values()) {
      List<String> lines = lines("golden/" + file(group));
      if (!lines.getFirst().equals(header(group))) {
        throw new IllegalArgumentException(this + " has columns " + lines.getFirst());
      }
      for (String line : lines.subList(1, lines.size())) {
        List<String> words = List.of(line.split(SEPARATOR, -1));
        Map<Part, String> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
          parts.put(part, words.get(group.columns().size() + part.ordinal()));
        }
        runs.put(
            new GoldenScenario(words.getFirst(), words.subList(1, group.columns().size())),
            new GoldenRun(parts));
      }
    }
    return runs;
  }

  /** Fails unless a backend does with a scenario what is recorded. */
  void compare(Backend backend, GoldenScenario scenario) {
    Map<GoldenScenario, GoldenRun> runs = read();
    assertThat(runs).as("scenarios that are recorded with these fields").containsKey(scenario);
    GoldenRun recorded = Objects.requireNonNull(runs.get(scenario));
    assertThat(GoldenRun.of(backend, scenario, THREADS).differences(recorded))
        .as("%s on %s: parts that differ from %s", scenario, backend.name(), this)
        .isEmpty();
  }

  /**
   * Records every scenario in the sources.
   *
   * @throws AssertionError if a recorded scenario has other bits under the same version
   */
  void record(Backend backend) throws IOException {
    Map<GoldenScenario, GoldenRun> recorded = read();
    Map<Group, List<GoldenScenario>> scenarios =
        GoldenScenario.all().collect(Collectors.groupingBy(Group::of));
    Files.createDirectories(SOURCES);
    for (var part : scenarios.entrySet()) {
      List<String> lines = new ArrayList<>(List.of(header(part.getKey())));
      for (GoldenScenario each : part.getValue()) {
        GoldenRun run = GoldenRun.of(backend, each, 1);
        GoldenRun before = recorded.getOrDefault(each, run);
        if (!run.equals(before) && version().number() == Arithmetic.VERSION) {
          throw new AssertionError(
              each.name()
                  + " has other bits: raise Arithmetic.VERSION, and say so in ARITHMETIC.md");
        }
        lines.add(line(each, run));
      }
      Files.write(SOURCES.resolve(file(part.getKey())), lines, US_ASCII);
    }
  }

  /**
   * The version under which the files were recorded.
   *
   * @param number {@link Arithmetic#VERSION}
   * @param sha256 of all lines of all files
   */
  record Version(int number, String sha256) {}

  /** Reads the recorded version. */
  static Version version() {
    String[] words = lines("golden/" + VERSION).getFirst().split(SEPARATOR, -1);
    return new Version(Integer.parseInt(words[0]), words[1]);
  }

  /** The version of this program and the files as they are. */
  static Version versionNow(Function<String, List<String>> lines) {
    StringBuilder all = new StringBuilder();
    for (GoldenFile file : values()) {
      for (Group group : Group.values()) {
        lines.apply(file.file(group)).forEach(line -> all.append(line).append('\n'));
      }
    }
    return new Version(
        Arithmetic.VERSION, new GoldenRun.Sha256().add(all.toString().getBytes(US_ASCII)).hex());
  }

  /** Records the version, after all files. */
  static void recordVersion() throws IOException {
    Version now = versionNow(file -> readLines(SOURCES.resolve(file)));
    Files.write(
        SOURCES.resolve(VERSION), List.of(now.number() + SEPARATOR + now.sha256()), US_ASCII);
  }

  private static List<String> readLines(Path file) {
    try {
      return Files.readAllLines(file, US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Scenarios that have a file of their own. */
  private enum Group {
    PLAIN(""),
    ORTHOGONAL("-orthogonal"),
    NORMALIZED("-normalized");

    private final String suffix;

    Group(String suffix) {
      this.suffix = suffix;
    }

    static Group of(GoldenScenario scenario) {
      return scenario.isNormalized()
          ? NORMALIZED
          : scenario.scenario().initialization() instanceof Initialization.Orthogonal
              ? ORTHOGONAL
              : PLAIN;
    }

    List<String> columns() {
      return this == NORMALIZED
          ? Stream.concat(COLUMNS.stream(), Stream.of("normalization")).toList()
          : COLUMNS;
    }
  }

  private String file(Group group) {
    return name().toLowerCase(Locale.ROOT) + group.suffix + ".csv";
  }

  private static String header(Group group) {
    return joined(group.columns().stream(), Arrays.stream(Part.values()).map(Part::toString));
  }

  private static String line(GoldenScenario scenario, GoldenRun run) {
    return joined(
        Stream.concat(Stream.of(scenario.name()), scenario.fields().stream()),
        Arrays.stream(Part.values()).map(run.parts()::get));
  }

  private static String joined(Stream<String> fields, Stream<String> parts) {
    return Stream.concat(fields, parts).collect(Collectors.joining(SEPARATOR));
  }

  static List<String> lines(String resource) {
    try (InputStream in = GoldenFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      return new String(in.readAllBytes(), US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
