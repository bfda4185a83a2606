package dev.lockstep.bench.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.harness.EnergyProfiler;
import dev.lockstep.bench.harness.OwnClockProfiler;
import dev.lockstep.bench.harness.StandstillProfiler;
import dev.lockstep.bench.harness.Verification;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.JmhBenchmark;
import dev.lockstep.bench.sensors.Sensors;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Measures a case in one fresh JVM. */
final class JmhFork {
  private static final String CLASS_PATH = "java.class.path";

  /** The line in which a JVM, or what runs in it, says why it ends. */
  private static final Pattern SAID_WHY =
      Pattern.compile(
          "[\\w.$]{1,200}(?:Exception|Error)\\b.*|# A fatal error.*"
              + "|(?:Error: |Conflicting |Unrecognized |Invalid |Could not ).*");

  private final Pace pace;
  private final Path scratch;

  /** The result of a fork. */
  sealed interface Outcome {

    /**
     * The fork ran and has times.
     *
     * @param benchmark what JMH says of it
     * @param verifications verifications of the objects that were timed
     */
    record Measured(JmhBenchmark benchmark, List<Verified> verifications) implements Outcome {}

    /** The fork ran, but its JVM stood still while it was timed. */
    record StoodStill(double milliseconds) implements Outcome {}

    /** The fork failed. */
    record Failed(String reason) implements Outcome {}
  }

  /**
   * @param scratch folder for JMH's output files
   */
  JmhFork(Pace pace, Path scratch) {
    // JMH would open a file of a fixed name in a folder that all users share, whatever it leads to,
    // and let everybody write to it.
    System.setProperty("jmh.ignoreLock", "true");
    this.pace = pace;
    this.scratch = scratch;
  }

  /**
   * Runs one fork.
   *
   * @param classPath class path of the fork's JVM
   * @param silence how long the JVM may say nothing before it is ended
   * @throws InputException if the folder for JMH's files has vanished
   */
  Outcome run(Case of, String classPath, Duration silence) {
    Path result = scratch.resolve("jmh.json");
    Path verification = scratch.resolve("verification.jsonl");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String before = System.getProperty(CLASS_PATH);
    SilenceLimit limit = new SilenceLimit(said::size, silence);
    try (limit;
        PrintStream out = new PrintStream(said, false, UTF_8)) {
      Files.deleteIfExists(result);
      Files.deleteIfExists(verification);
      // JMH passes the value of this property to its forks as their class path.
      System.setProperty(CLASS_PATH, classPath);
      new Runner(
              options(of, result, verification).build(),
              OutputFormatFactory.createFormatInstance(out, VerboseMode.NORMAL))
          .run();
    } catch (RunnerException e) {
      requireScratch();
      return limit.passed()
          ? new Outcome.Failed(
              "the JVM was ended because it said nothing for " + Budget.text(silence.toSeconds()))
          : failed(verification, said, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalStateException e) {
      // That is what JMH makes of an error in writing its file.
      requireScratch();
      throw e;
    } finally {
      System.setProperty(CLASS_PATH, before);
    }
    requireScratch();
    JmhBenchmark benchmark = JmhBenchmark.read(result);
    JmhBenchmark.Series stood = benchmark.others().get(StandstillProfiler.NAME);
    return stood == null
        ? new Outcome.Measured(benchmark, verifications(verification))
        : new Outcome.StoodStill(stood.values().stream().mapToDouble(each -> each).sum());
  }

  private void requireScratch() {
    if (!Files.isDirectory(scratch)) {
      throw new InputException(
          "bench",
          "temporary folder",
          scratch,
          "which has vanished; the fork that was running is lost");
    }
  }

  private ChainedOptionsBuilder options(Case of, Path result, Path verification) {
    Harness harness = Harness.of(of);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(harness.pattern())
            .forks(1)
            .threads(harness.jmhThreads(of))
            .operationsPerInvocation(harness.calls(of))
            // Forks do not inherit this JVM's arguments, such as its heap size and error file.
            .jvmArgs(
                "-D" + Verification.FILE_PROPERTY + "=" + verification,
                "-D" + Programs.PROPERTY + "=" + Programs.property(),
                CudaMachine.option(),
                Sensors.option(),
                // Libraries format numbers by locale; this fixes it whatever the environment says.
                "-Duser.language=en",
                "-Duser.country=US")
            .addProfiler(OwnClockProfiler.class)
            .addProfiler(StandstillProfiler.class)
            .addProfiler(EnergyProfiler.class)
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(result.toString());
    if (harness.clock() == Harness.Clock.MANY_CALLS) {
      TimeValue iteration = TimeValue.milliseconds(pace.iteration().toMillis());
      options
          .warmupIterations(pace.warmUps())
          .warmupTime(iteration)
          .measurementIterations(pace.iterations())
          .measurementTime(iteration);
    }
    harness.axes().forEach(axis -> options.param(axis, of.axis(axis).orElseThrow()));
    if (!harness.repetitions().isEmpty()) {
      options.param(harness.repetitions(), String.valueOf(harness.calls(of)));
    }
    return options;
  }

  /**
   * Returns the failure that the benchmark recorded, or else the first exception in JMH's output.
   */
  private static Outcome failed(
      Path verification, ByteArrayOutputStream said, RunnerException cause) {
    for (JsonNode line : lines(verification)) {
      if (!line.path("verdict").asString("").equals("AGREES")) {
        return new Outcome.Failed(
            line.path("when").asString("") + " timing: " + line.path("detail").asString(""));
      }
    }
    return new Outcome.Failed(
        said.toString(UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> SAID_WHY.matcher(line).matches())
            .findFirst()
            .orElse("the JVM ended without a result: " + cause.getMessage()));
  }

  private static List<Verified> verifications(Path file) {
    List<Verified> all = new ArrayList<>();
    for (JsonNode line : lines(file)) {
      all.add(
          new Verified(
              line.path("when").asString(""),
              line.path("equal").asLong(),
              line.path("bounded").asLong(),
              line.path("share-of-bound").asDouble(),
              line.path("detail").asString("")));
    }
    return all;
  }

  private static List<JsonNode> lines(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (var lines = Files.lines(file)) {
      return lines.map(line -> JsonMapper.shared().readTree(line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
