package dev.lockstep.bench.report;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.bench.terminal.StandardOutput;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The files that a command writes its report to, one flag per format.
 *
 * @param <R> the type of the report
 */
public final class ReportFiles<R> {

  private final List<Target<R>> targets;

  /** A format and its flag, whose value is the file once the command line has been parsed. */
  private record Target<R>(ReportFormat<R> format, OptionSpec flag) {
    Target(ReportFormat<R> format) {
      this(
          format,
          OptionSpec.builder(format.flag())
              .paramLabel("FILE")
              .type(Path.class)
              .description(format.description())
              .build());
    }

    Optional<Path> file() {
      return Optional.ofNullable(flag.getValue());
    }
  }

  /**
   * @param formats in the order of their flags; the first is written last, so that its exit code
   *     covers failures to write the others
   */
  public ReportFiles(List<ReportFormat<R>> formats) {
    targets = formats.stream().map(Target::new).toList();
  }

  /** The flags, to be added to the command by {@code @Mixin}. */
  public CommandSpec flags() {
    CommandSpec flags = CommandSpec.create();
    targets.forEach(
        target -> {
          flags.addOption(target.flag());
          target.format().options().forEach(flags::addOption);
        });
    return flags;
  }

  /** Calls an action with the flag and the path of each requested file. */
  public void forEach(BiConsumer<String, Path> action) {
    targets.forEach(
        target -> file(target).ifPresent(file -> action.accept(target.format().flag(), file)));
  }

  /** Whether a flag names a file. */
  public boolean isNamed() {
    return targets.stream().anyMatch(target -> target.file().isPresent());
  }

  private Optional<Path> file(Target<R> target) {
    return isNamed() ? target.file() : target.format().usual();
  }

  /**
   * Checks that no two formats share a file.
   *
   * @throws InputException naming the file and both flags
   */
  public void requireDifferent() {
    requireDifferent(Optional.empty());
  }

  /**
   * Checks that no two formats share a file, and none has that of the baseline.
   *
   * @throws InputException naming the file and both flags
   */
  public void requireDifferent(Optional<Path> baseline) {
    Map<Path, String> flags = new LinkedHashMap<>();
    baseline.ifPresent(file -> flags.put(file.toAbsolutePath().normalize(), "--baseline"));
    forEach(
        (flag, file) -> {
          String other = flags.putIfAbsent(file.toAbsolutePath().normalize(), flag);
          if (other != null) {
            throw new InputException(flag, "file", file, "which contradicts " + other);
          }
        });
  }

  /**
   * Checks in advance that each file can be written.
   *
   * @param hardware the hardware of each backend; results of an emulated device stay out of {@code
   *     results/}
   * @throws InputException naming the file
   */
  public void require(List<Hardware> hardware) {
    hardware.forEach(each -> forEach((flag, file) -> ResultsFolder.guard(each, flag, file)));
    forEach((_, file) -> AtomicFile.require(file));
    targets.forEach(target -> target.format().require(file(target)));
  }

  /**
   * Checks the flags of a command that is to write no file.
   *
   * @throws InputException naming a flag that needs one
   */
  public void requireNone() {
    targets.forEach(target -> target.format().require(Optional.empty()));
  }

  /**
   * Writes all files, each atomically, after the command has printed its report.
   *
   * @param exitCode the exit code of the process if all output can be written
   * @return the exit code, which also covers failures to write standard output
   * @throws InputException if a file could not be written, after trying all others
   */
  public int write(R report, int exitCode) {
    return write(report, exitCode, List.of());
  }

  /**
   * Writes all files as {@link #write(Object, int)} does.
   *
   * @param others write other output first; a failure is reported in the same way
   */
  public int write(R report, int exitCode, List<Runnable> others) {
    List<InputException> faults = new ArrayList<>();
    for (Runnable other : others) {
      try {
        other.run();
      } catch (InputException e) {
        faults.add(e);
      }
    }
    int afterOutput = StandardOutput.exitCode(exitCode);
    for (Target<R> target : targets.reversed()) {
      int code = faults.isEmpty() ? afterOutput : StandardOutput.UNWRITABLE;
      try {
        file(target)
            .ifPresent(
                file -> {
                  AtomicFile.write(file, out -> target.format().write(report, code, out));
                  target.format().written(file);
                });
      } catch (InputException e) {
        faults.add(e);
      }
    }
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
    return afterOutput;
  }
}
