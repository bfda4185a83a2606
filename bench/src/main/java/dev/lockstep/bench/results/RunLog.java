package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.RunFiles.Line;
import dev.lockstep.bench.results.RunFiles.Manifest;
import dev.lockstep.bench.results.RunFiles.Samples;
import dev.lockstep.bench.results.RunFiles.Verification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The results of a run so far; each change is written to the run's folder at once. */
public final class RunLog {

  private final RunFolder folder;
  private final RunPlan plan;
  private final List<String> unavailable;
  private final Map<Case, Entry> cases = new LinkedHashMap<>();
  private final Map<ForkResult, JmhBenchmark> benchmarks = new LinkedHashMap<>();
  private State state = State.PARTIAL;

  private static final class Entry {
    final double flops;
    final double bytes;
    final List<ForkResult> forks = new ArrayList<>();
    int setAside;
    Ended ended = Ended.OPEN;
    String stop = "";
    String failure = "";

    Entry(double flops, double bytes) {
      this.flops = flops;
      this.bytes = bytes;
    }
  }

  /**
   * Prepares an empty log.
   *
   * @param unavailable one line for each backend that cannot be measured here, with the reason
   */
  public RunLog(RunFolder folder, RunPlan plan, List<String> unavailable) {
    this.folder = folder;
    this.plan = plan;
    this.unavailable = List.copyOf(unavailable);
  }

  /**
   * Plans a case.
   *
   * @param flops floating-point operations per call; 0 if not counted
   * @param bytes bytes read and written per call; 0 if not counted
   */
  public void plan(Case of, double flops, double bytes) {
    cases.put(of, new Entry(flops, bytes));
  }

  /**
   * Adds what an earlier part of the run measured of a planned case, before {@link #begin}. A case
   * that the budget ended is open again.
   *
   * @throws IllegalArgumentException if the case is not planned
   */
  public void takeOver(RunReader.Earlier earlier) {
    Entry entry = entry(earlier.result().of());
    entry.forks.addAll(earlier.result().forks());
    entry.setAside = earlier.result().setAside();
    benchmarks.putAll(earlier.described());
    if (earlier.ended() != Ended.BUDGET) {
      entry.ended = earlier.ended();
      entry.stop = earlier.result().stop();
      entry.failure = earlier.result().failure();
    }
  }

  /** Writes the plan, and the journal with what was taken over. */
  public void begin() {
    List<Line> lines = new ArrayList<>();
    forks().forEach(fork -> lines.add(line(fork)));
    for (Map.Entry<Case, Entry> each : cases.entrySet()) {
      for (int i = 0; i < each.getValue().setAside; i++) {
        lines.add(Line.of(new RunFiles.Standstill(each.getKey().slug(), 0)));
      }
      if (each.getValue().ended != Ended.OPEN) {
        lines.add(ended(each.getKey(), each.getValue()));
      }
    }
    folder.begin(manifest(RunFiles.RUNNING, Map.of()), lines);
  }

  /** Adds a fork. */
  public void add(ForkResult fork, JmhBenchmark described) {
    entry(fork.of()).forks.add(fork);
    benchmarks.put(fork, described);
    folder.append(line(fork));
  }

  /** Records a fork that does not count, because its JVM stood still. */
  public void setAside(Case of, double milliseconds) {
    entry(of).setAside++;
    folder.append(Line.of(new RunFiles.Standstill(of.slug(), milliseconds)));
  }

  /** Records why a case gets no more forks. */
  public void stop(Case of, String reason) {
    end(of, entry(of).failure.isEmpty() ? Ended.ENOUGH : Ended.FAILED, reason);
  }

  /** Records that the budget leaves no time for a case; a resumed run takes it up again. */
  public void leave(Case of, String reason) {
    end(of, Ended.BUDGET, reason);
  }

  private void end(Case of, Ended ended, String reason) {
    Entry entry = entry(of);
    entry.ended = ended;
    entry.stop = reason;
    folder.append(ended(of, entry));
  }

  /** Records why a fork of a case failed, and that the case gets no more forks. */
  public void fail(Case of, String failure) {
    entry(of).failure = failure;
    stop(of, "failed");
  }

  /** Says in which state the run ends. */
  public void finish(State ended) {
    state = ended;
  }

  /** The progress of a run. */
  public enum State {
    /** Planned measurements are missing. */
    PARTIAL,
    /** Every planned measurement was made. */
    COMPLETE;

    /** The name in the manifest. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Replaces the journal by the files of a finished run.
   *
   * @param summaries writes the files that sum up the run
   */
  public void seal(Consumer<RunFolder> summaries) {
    folder.writeSamples(forks().stream().map(RunLog::samples).toList());
    folder.writeVerifications(
        forks().stream().flatMap(fork -> verifications(fork).stream()).toList());
    folder.writeJmh(
        results().stream()
            .filter(result -> !result.forks().isEmpty())
            .map(
                result ->
                    JmhBenchmark.merged(
                        result.of(), result.forks().stream().map(this::described).toList()))
            .toList());
    summaries.accept(folder);
    folder.seal(manifest(state.label(), folder.digests()));
  }

  /** The results of a case so far. */
  public CaseResult result(Case of) {
    Entry entry = entry(of);
    return new CaseResult(
        of, entry.flops, entry.bytes, entry.stop, entry.failure, entry.forks, entry.setAside);
  }

  /** The results of all cases so far, in the order of planning. */
  public List<CaseResult> results() {
    return cases.keySet().stream().map(this::result).toList();
  }

  /**
   * The run as a whole, as its folder will have it.
   *
   * @param name the folder's name
   * @param environment facts by name
   */
  public RunResult ended(String name, Map<String, String> environment) {
    return new RunResult(name, state == State.COMPLETE, plan, environment, unavailable, results());
  }

  private Entry entry(Case of) {
    Entry entry = cases.get(of);
    if (entry == null) {
      throw new IllegalArgumentException("not planned: " + of);
    }
    return entry;
  }

  private List<ForkResult> forks() {
    return cases.values().stream().flatMap(entry -> entry.forks.stream()).toList();
  }

  private JmhBenchmark described(ForkResult fork) {
    return Objects.requireNonNull(benchmarks.get(fork));
  }

  private Line line(ForkResult fork) {
    return Line.of(
        samples(fork),
        verifications(fork),
        JmhBenchmark.merged(fork.of(), List.of(described(fork))));
  }

  private static Line ended(Case of, Entry entry) {
    return Line.of(new RunFiles.Stop(of.slug(), entry.ended.label(), entry.stop, entry.failure));
  }

  private static Samples samples(ForkResult fork) {
    return new Samples(
        fork.of().slug(),
        fork.number(),
        fork.block(),
        fork.seconds(),
        fork.nanoseconds(),
        orNull(fork.deviceNanoseconds()),
        orNull(fork.programNanoseconds()));
  }

  private static @Nullable List<Double> orNull(List<Double> times) {
    return times.isEmpty() ? null : times;
  }

  private static List<Verification> verifications(ForkResult fork) {
    return fork.verifications().stream()
        .map(
            verified ->
                new Verification(
                    fork.of().slug(),
                    fork.number(),
                    verified.when(),
                    RunFiles.AGREES,
                    verified.equal(),
                    verified.bounded(),
                    verified.share(),
                    verified.detail()))
        .toList();
  }

  private Manifest manifest(String label, Map<String, String> files) {
    return new Manifest(
        RunFiles.SCHEMA,
        RunFiles.KIND,
        label,
        plan,
        unavailable,
        cases.entrySet().stream()
            .map(each -> entry(each.getKey(), each.getValue(), label.equals(RunFiles.RUNNING)))
            .toList(),
        files);
  }

  /** While the run goes on, what was measured stands in the journal alone. */
  private static RunFiles.Entry entry(Case of, Entry entry, boolean running) {
    return new RunFiles.Entry(
        of.slug(),
        of.harness(),
        of.axes(),
        entry.flops,
        entry.bytes,
        running ? 0 : entry.forks.size(),
        running ? 0 : entry.setAside,
        (running ? Ended.OPEN : entry.ended).label(),
        running ? "" : entry.stop,
        running ? "" : entry.failure);
  }
}
