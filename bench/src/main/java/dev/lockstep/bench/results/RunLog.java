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

/** What a run has measured so far, and the files that say it. */
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
   * Of a run that begins.
   *
   * @param arguments of the command, those aside that say where
   * @param unavailable what cannot be measured here, and why
   */
  public RunLog(RunFolder folder, List<String> arguments, List<String> unavailable) {
    this.folder = folder;
    this.arguments = List.copyOf(arguments);
    this.unavailable = List.copyOf(unavailable);
  }

  /**
   * Plans a case.
   *
   * @param flops of a call; 0 if they are not counted
   * @param bytes of a call; 0 if they are not counted
   */
  public void plan(Case of, double flops, double bytes) {
    cases.put(of, new Entry(flops, bytes));
  }

  /**
   * Takes over what an earlier part of the run measured of a case that is planned.
   *
   * @param earlier with its forks' digests as they were read
   */
  public void takeOver(CaseResult earlier, Map<ForkResult, String> earlierDigests) {
    Entry entry = entry(earlier.of());
    for (ForkResult fork : earlier.forks()) {
      entry.forks.add(fork);
      String digest = earlierDigests.get(fork);
      if (digest == null) {
        throw new IllegalArgumentException("no digest of " + fork.of() + ", fork " + fork.number());
      }
      digests.put(fork, digest);
    }
    entry.stop = earlier.stop();
  }

  /** Writes a fork's files; the manifest last. */
  public void add(ForkResult fork, Path byJmh) {
    entry(fork.of()).forks.add(fork);
    digests.put(fork, folder.writeShard(RunFolder.shard(fork.of(), fork.number()), byJmh));
    folder.write(RunFolder.VERIFY, verifications());
    folder.writeSamples(forks());
    writeManifest(State.PARTIAL);
  }

  /** Says why a case gets no more forks. */
  public void stop(Case of, String reason) {
    entry(of).stop = reason;
    writeManifest(State.PARTIAL);
  }

  /** Says why a fork of a case has no number, and that there will be no more. */
  public void fail(Case of, String failure) {
    entry(of).failure = failure;
    stop(of, "failed");
  }

  /** Writes the manifest, complete if every case has stopped for a reason of its own. */
  public void finish(State state) {
    writeManifest(state);
  }

  /** How far a run is. */
  public enum State {
    /** Something that was planned is missing. */
    PARTIAL,
    /** All is there. */
    COMPLETE
  }

  /** What is known of a case. */
  public CaseResult result(Case of) {
    Entry entry = entry(of);
    return new CaseResult(of, entry.flops, entry.bytes, entry.stop, entry.failure, entry.forks);
  }

  /** What is known of all cases, in the order they were planned. */
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
