package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunFiles.Samples;
import dev.lockstep.bench.results.RunFiles.Verification;
import dev.lockstep.bench.results.RunReader.Earlier;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts one case together from what a run's files say of it, and refuses contradictions. */
final class CaseReader {

  private static final List<String> TIMES = List.of("before", "after");

  /** Forks of a case in a block; a kill may have left one. */
  private static final int FORKS_OF_A_BLOCK = 2;

  private final String source;
  private final Case of;
  private final RunFiles.Entry entry;
  private final List<Fork> forks = new ArrayList<>();
  private int setAside;
  private Ended ended = Ended.OPEN;
  private String stop = "";
  private String failure = "";

  /** A fork as far as it has been read. */
  private static final class Fork {
    final Samples samples;
    final List<Verified> verifications = new ArrayList<>();
    @Nullable JmhBenchmark described;

    Fork(Samples samples) {
      this.samples = samples;
    }
  }

  /**
   * @param source the manifest and the case in it, for messages
   */
  CaseReader(String source, Case of, RunFiles.Entry entry) {
    this.source = source;
    this.of = of;
    this.entry = entry;
    if (entry.setAside() < 0) {
      throw new InputException(source, "set-aside", entry.setAside(), "expected at least 0");
    }
    setAside = entry.setAside();
    end(source, entry.ended(), entry.stop(), entry.failure());
    count(source, "flops", entry.flops());
    count(source, "bytes", entry.bytes());
  }

  private static void count(String source, String field, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new InputException(source, field, value, "expected a number of at least 0");
    }
  }

  boolean isMeasured() {
    return !forks.isEmpty();
  }

  void addStandstill() {
    setAside++;
  }

  /** Takes over why the case gets no more forks. */
  void end(String file, String label, String reason, String failed) {
    ended = Labelled.of(Ended.class, file, label);
    stop = reason;
    failure = failed;
    if (stop.isEmpty() != (ended == Ended.OPEN)) {
      throw new InputException(file, "stop", stop, "which contradicts ended, " + label);
    }
    if (failure.isEmpty() != (ended != Ended.FAILED)) {
      throw new InputException(file, "failure", failure, "which contradicts ended, " + label);
    }
  }

  /** Adds a fork, which must be the next. */
  void addSamples(String line, Samples samples) {
    if (samples.fork() != forks.size() + 1) {
      throw new InputException(
          line, "fork", samples.fork(), "expected " + (forks.size() + 1) + ", the next of " + of);
    }
    if (samples.fork() > RunPlan.MOST_FORKS) {
      throw new InputException(
          line, "fork", samples.fork(), "expected at most " + RunPlan.MOST_FORKS);
    }
    requireBlock(line, samples.block());
    count(line, "seconds", samples.seconds());
    requireTimes(line, "ns", samples.ns(), samples.ns().size());
    if (samples.deviceNs() != null) {
      requireTimes(line, "device-ns", samples.deviceNs(), samples.ns().size());
    }
    if (samples.programNs() != null) {
      requireTimes(line, "program-ns", samples.programNs(), samples.ns().size());
    }
    forks.add(new Fork(samples));
  }

  private void requireBlock(String line, int block) {
    if (block < 0 || block > RunPlan.MOST_FORKS) {
      throw new InputException(line, "block", block, "expected 0 to " + RunPlan.MOST_FORKS);
    }
    long there = forks.stream().filter(fork -> fork.samples.block() == block).count();
    if (block > 0 && there == FORKS_OF_A_BLOCK) {
      throw new InputException(line, "block", block, "which has two forks of " + of + " already");
    }
  }

  private static void requireTimes(String line, String field, List<Double> times, int count) {
    if (times.isEmpty() || times.size() > RunPlan.MOST_ITERATIONS || times.size() != count) {
      throw new InputException(
          line, "number of " + field, times.size(), "expected one for each iteration");
    }
    for (double time : times) {
      if (!(time > 0 && time < Double.POSITIVE_INFINITY)) {
        throw new InputException(line, field, time, "expected times above 0");
      }
    }
  }

  /** Adds a verification of a fork that has been added. */
  void addVerification(String file, Verification one) {
    String which = file + ", " + of + ", fork " + one.fork();
    if (one.fork() < 1 || one.fork() > forks.size()) {
      throw new InputException(file, "fork", one.fork(), "which " + of + " does not have");
    }
    if (!TIMES.contains(one.when())) {
      throw new InputException(which, "when", one.when(), "expected before or after");
    }
    if (!one.verdict().equals(RunFiles.AGREES)) {
      throw new InputException(
          which, "verdict", one.verdict(), "so it has no number: expected " + RunFiles.AGREES);
    }
    if (one.equal() < 0 || one.bounded() < 0 || one.equal() + one.bounded() <= 0) {
      throw new InputException(
          which,
          "elements",
          one.equal() + " equal, " + one.bounded() + " bounded",
          "expected some that were verified");
    }
    if (!(one.shareOfBound() >= 0 && one.shareOfBound() <= 1)) {
      throw new InputException(which, "share-of-bound", one.shareOfBound(), "expected 0 to 1");
    }
    forks
        .get(one.fork() - 1)
        .verifications
        .add(
            new Verified(one.when(), one.equal(), one.bounded(), one.shareOfBound(), one.detail()));
  }

  /** Adds JMH's descriptions to the last forks without one. */
  void describe(String file, List<JmhBenchmark> benchmarks) {
    List<Fork> open = forks.stream().filter(fork -> fork.described == null).toList();
    if (benchmarks.size() != open.size()) {
      throw new InputException(file, "forks", benchmarks.size(), "expected " + open.size());
    }
    for (int i = 0; i < benchmarks.size(); i++) {
      JmhBenchmark described = benchmarks.get(i);
      if (!described.primary().values().equals(open.get(i).samples.ns())) {
        throw new InputException(
            file,
            "rawData",
            described.primary().values(),
            "expected the times in " + RunFiles.SAMPLES);
      }
      open.get(i).described = described;
    }
  }

  /** Checks that every fork was verified. */
  void requireVerified() {
    for (Fork fork : forks) {
      if (fork.verifications.isEmpty()) {
        throw new InputException(
            source,
            of + ", fork " + fork.samples.fork(),
            "absent in " + RunFiles.VERIFY,
            "so it has no number: it was not verified");
      }
    }
  }

  /** Checks a case of a finished run. */
  void requireFinished(boolean complete) {
    if (entry.forks() != forks.size()) {
      throw new InputException(
          source, "forks", entry.forks(), "but " + RunFiles.SAMPLES + " has " + forks.size());
    }
    if (complete && ended == Ended.OPEN) {
      throw new InputException(source, "ended", entry.ended(), "which contradicts state, complete");
    }
    requireVerified();
  }

  CaseResult result() {
    return new CaseResult(
        of,
        entry.flops(),
        entry.bytes(),
        stop,
        failure,
        forks.stream().map(this::fork).toList(),
        setAside);
  }

  Earlier earlier() {
    return new Earlier(result(), ended, described());
  }

  private Map<ForkResult, JmhBenchmark> described() {
    Map<ForkResult, JmhBenchmark> described = new LinkedHashMap<>();
    for (Fork fork : forks) {
      if (fork.described == null) {
        throw new IllegalStateException("no description of " + of);
      }
      described.put(fork(fork), fork.described);
    }
    return described;
  }

  private ForkResult fork(Fork fork) {
    Samples samples = fork.samples;
    return new ForkResult(
        of,
        samples.fork(),
        samples.block(),
        samples.seconds(),
        samples.ns(),
        samples.deviceNs() == null ? List.of() : samples.deviceNs(),
        samples.programNs() == null ? List.of() : samples.programNs(),
        fork.verifications);
  }
}
