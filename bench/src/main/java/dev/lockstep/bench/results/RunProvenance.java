package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.StepSplit;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.page.Provenance.Warned;
import dev.lockstep.bench.report.ForeignText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a run was made, how to repeat it, and what to know besides. */
public final class RunProvenance {

  /** The axes that flags of the same name select. */
  private static final List<String> SELECTED =
      List.of(
          Axis.WIDTH,
          Axis.DEPTH,
          Axis.BATCH,
          Axis.ACTIVATION,
          Axis.INIT,
          Axis.THREADS,
          Axis.SHAPE,
          Axis.FORM);

  private RunProvenance() {}

  /** Reads a run and adds it to a page. */
  public static void addTo(Contents contents, String name, Path path) {
    RunResult run = RunReader.read(path);
    contents.add(name, run).add(name, of(run));
  }

  /** Takes it from a run that was read. */
  public static Provenance of(RunResult run) {
    return new Provenance(run.environment(), List.of(command(run)), warnings(run));
  }

  /** The command that measures the same cases; two builds take another's path besides. */
  private static String command(RunResult run) {
    List<StepSplit> splits = RunSplits.of(run);
    Set<Case> parts =
        splits.stream()
            .flatMap(split -> split.parts().keySet().stream())
            .collect(Collectors.toSet());
    List<CaseResult> cases =
        run.cases().stream()
            .filter(each -> !Harness.of(each.of()).isCeiling())
            .filter(each -> !parts.contains(each.of()))
            .toList();
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("only", values(cases.stream().map(each -> each.of().harness()).toList()));
    flags.put("backends", axis(cases, Axis.BACKEND));
    SELECTED.forEach(axis -> flags.put(axis, axis(cases, axis)));
    flags.put(
        "split",
        values(splits.stream().flatMap(each -> each.step().axis(Axis.WIDTH).stream()).toList()));
    if (run.plan().arms().equals(Axis.BUILD)) {
      flags.put("versus-build", "DIR");
    }
    return "lockstep bench"
        + flags.entrySet().stream()
            .filter(flag -> !flag.getValue().isEmpty())
            .map(flag -> " --" + flag.getKey() + " " + ForeignText.shellWord(flag.getValue()))
            .collect(Collectors.joining());
  }

  private static String axis(List<CaseResult> cases, String axis) {
    return values(cases.stream().flatMap(each -> each.of().axis(axis).stream()).toList());
  }

  private static String values(List<String> all) {
    return all.stream().distinct().collect(Collectors.joining(","));
  }

  private static List<Warned> warnings(RunResult run) {
    List<Warned> warnings = new ArrayList<>();
    if (!run.complete()) {
      warnings.add(new Warned("partial", "The run was cut short; some measurements are missing."));
    }
    String commit = run.environment().getOrDefault("commit", "");
    if (commit.endsWith("dirty")) {
      warnings.add(new Warned("dirty-commit", "The build had changes that no commit contains."));
    }
    if (run.environment().getOrDefault("CPU clock before", "").startsWith("not readable")) {
      warnings.add(
          new Warned(
              "clock-not-read",
              "The processor's clock could not be read, so throttling cannot be ruled out."));
    }
    run.environment().entrySet().stream()
        .filter(fact -> fact.getKey().startsWith("GPU clock lowered by"))
        .filter(fact -> !fact.getValue().startsWith("not readable"))
        .filter(fact -> !fact.getValue().startsWith("nothing"))
        .forEach(
            fact -> warnings.add(new Warned("throttled", fact.getKey() + ": " + fact.getValue())));
    long unsure = run.cases().stream().filter(CaseResult::isUnsure).count();
    if (unsure > 0) {
      warnings.add(
          new Warned(
              "not-known-within-target",
              unsure + " of " + run.cases().size() + " cases missed the target precision."));
    }
    long setAside = run.cases().stream().mapToLong(CaseResult::setAside).sum();
    if (setAside > 0) {
      warnings.add(
          new Warned("stood-still", setAside + " JVMs stood still and were measured again."));
    }
    run.unavailable().forEach(line -> warnings.add(new Warned("not-measured", line)));
    return warnings;
  }
}
