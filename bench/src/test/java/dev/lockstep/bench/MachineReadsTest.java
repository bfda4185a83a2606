package dev.lockstep.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the program asks of the machine is asked in few places, each of which has an answer where
 * the machine has none. docs/machine.md lists them with their tests; a new place belongs there.
 */
@AnalyzeClasses(
    packages = "dev.lockstep",
    importOptions = {ImportOption.DoNotIncludeTests.class, MachineReadsTest.NoTestJars.class})
final class MachineReadsTest {

  /** The tests of another module come as a jar. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule VARIABLES =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.lockstep.gpu.discovery.Environment")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.machine.RecordedVariables")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.machine.LoaderSearch")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.bench.terminal.Terminal")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.bench.ci.GitHub")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  @ArchTest
  static final ArchRule PROCESSORS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.lockstep.backend.Resources")
          .and()
          .resideOutsideOfPackages("dev.lockstep.bench.doctor", "dev.lockstep.bench.surroundings")
          .should()
          .callMethod(Runtime.class, "availableProcessors");

  @ArchTest
  static final ArchRule CLOCK =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.lockstep.bench.check.Check")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.bench.measure.BenchCommand")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now", ZoneId.class)
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule LIBRARIES =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.lockstep.machine.NativeLibrary")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName(SymbolLookup.class.getName())
          .orShould()
          .callMethod(Linker.class, "nativeLinker");

  private static final Pattern PLACE =
      Pattern.compile("\"(/(?:proc|sys|dev|etc|usr|sbin|var|opt|run|tmp)\\b[^\"]*)\"");

  private static final Map<String, List<String>> PLACES =
      Map.of(
          "file/AtomicFile.java", List.of("/proc"), // no file there is replaced
          "file/ForeignFile.java", List.of("/proc", "/sys"), // no file there is opened
          "gpu/discovery/CublasPlaces.java", List.of("/sbin", "/usr/sbin"),
          "gpu/discovery/Command.java", List.of("/dev/null"),
          "gpu/discovery/Environment.java", List.of("/usr/local"),
          "machine/LoaderSearch.java",
              List.of("/etc/ld.so.cache", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"),
          "gpu/discovery/JniPlacement.java", List.of("/var/tmp", "/dev/shm"),
          "bench/external/ShippedAdapter.java", List.of("/usr/bin/python3"),
          "bench/study/TextbookCommand.java", List.of("/usr/share/datasets/fashion-mnist"));

  @Test
  void placesAreNamedWhereTheyAreExpected() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (String module : List.of("cpu", "gpu", "bench")) {
      Path sources = Path.of("..", module, "src/main/java/dev/lockstep");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          List<String> places =
              PLACE.matcher(Files.readString(file)).results().map(MatchResult::group).toList();
          if (!places.isEmpty()) {
            found.put(
                sources.relativize(file).toString(),
                places.stream().map(text -> text.substring(1, text.length() - 1)).toList());
          }
        }
      }
    }
    assertThat(found)
        .allSatisfy(
            (file, places) ->
                assertThat(PLACES.getOrDefault(file, List.of())).as(file).containsAll(places))
        .isNotEmpty();
  }
}
