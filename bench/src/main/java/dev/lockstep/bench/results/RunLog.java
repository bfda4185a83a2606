package dev.lockstep.bench.results;

import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunFiles.Fork;
import dev.lockstep.bench.results.RunFiles.Manifest;
import dev.lockstep.bench.results.RunFiles.Verification;
import dev.lockstep.bench.results.RunFiles.Verifications;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The results of a run so far; each change is written to the run's folder at once. */
public final class RunLog {
  private final RunFolder folder;
  private final List<String> arguments;
  private final List<String> unavailable;
  private final Map<Case, Entry> cases = new LinkedHashMap<>();
  private final Map<ForkResult, String> digests = new LinkedHashMap<>();

  private static final class Entry {
    final double flops;
    final double bytes;
    final List<ForkResult> forks = new ArrayList<>();
    String stop = "";
    String failure = "";

    Entry(double flops, double bytes) {
      this.flops = flops;
      this.bytes = bytes;
    }
  }

  /**
   * Begins an empty log.
   *
   * @param arguments the command's arguments without those that name folders
   * @param unavailable one line for each backend that cannot be measured here, with the reason
   */
  public RunLog(RunFolder folder, List<String> arguments, List<String> unavailable) {
    this.folder = folder;
    this.arguments = List.copyOf(arguments);
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
   * Adds the forks that an earlier part of the run measured of a planned case.
   *
   * @param earlierDigests the SHA-256 of each fork's file
   * @throws IllegalArgumentException if the case is not planned
   */
  public void takeOver(CaseResult earlier, Map<ForkResult, String> earlierDigests) {
    Entry entry = entry(earlier.of());
    entry.forks.addAll(earlier.forks());
    entry.stop = earlier.stop();
    digests.putAll(earlierDigests);
  }

  /** Adds a fork and writes its files, the manifest last. */
  public void add(ForkResult fork, Path byJmh) {
    entry(fork.of()).forks.add(fork);
    digests.put(fork, folder.writeShard(RunFolder.shard(fork.of(), fork.number()), byJmh));
    folder.write(RunFolder.VERIFY, verifications());
    folder.writeSamples(forks());
    writeManifest(State.PARTIAL);
  }

  /** Records why a case gets no more forks. */
  public void stop(Case of, String reason) {
    entry(of).stop = reason;
    writeManifest(State.PARTIAL);
  }

  /** Records why a fork of a case failed, and that the case gets no more forks. */
  public void fail(Case of, String failure) {
    entry(of).failure = failure;
    stop(of, "failed");
  }

  /** Writes the manifest with the final state. */
  public void finish(State state) {
    writeManifest(state);
  }

  /** The progress of a run. */
  public enum State {
    /** Planned measurements are missing. */
    PARTIAL,
    /** Every planned measurement was made. */
    COMPLETE
  }

  /** The results of a case so far. */
  public CaseResult result(Case of) {
    Entry entry = entry(of);
    return new CaseResult(of, entry.flops, entry.bytes, entry.stop, entry.failure, entry.forks);
  }

  /** The results of all cases so far, in the order of planning. */
  public List<CaseResult> results() {
    return cases.keySet().stream().map(this::result).toList();
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

  private Verifications verifications() {
    List<Verification> all = new ArrayList<>();
    for (ForkResult fork : forks()) {
      for (Verified verified : fork.verifications()) {
        all.add(
            new Verification(
                fork.of().slug(),
                fork.number(),
                verified.when(),
                verified.equal(),
                verified.bounded(),
                verified.share(),
                verified.detail()));
      }
    }
    return new Verifications(RunFiles.SCHEMA, all);
  }

  private void writeManifest(State state) {
    folder.write(
        RunFolder.MANIFEST,
        new Manifest(
            RunFiles.SCHEMA,
            RunFiles.KIND,
            state.name().toLowerCase(Locale.ROOT),
            arguments,
            unavailable,
            results().stream().map(this::entry).toList()));
  }

  private RunFiles.Entry entry(CaseResult result) {
    List<Fork> forks =
        result.forks().stream()
            .map(
                fork ->
                    new Fork(
                        fork.number(),
                        fork.block(),
                        fork.seconds(),
                        RunFolder.shard(fork.of(), fork.number()),
                        digest(fork)))
            .toList();
    return new RunFiles.Entry(
        result.of().harness(),
        result.of().axes(),
        result.flops(),
        result.bytes(),
        result.stop(),
        result.failure(),
        forks);
  }

  private String digest(ForkResult fork) {
    return Objects.requireNonNull(digests.get(fork));
  }
}
