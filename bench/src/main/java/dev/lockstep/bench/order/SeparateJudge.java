package dev.lockstep.bench.order;

import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.program.ProductShape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Judges products of a library in a JVM of their own, in which no other library is loaded. A
 * library that crashes or hangs ends what was said of one product, and the next begins anew.
 */
final class SeparateJudge {

  /** What the budget leaves to a product that has begun. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final long GLANCE_MILLISECONDS = 50;

  /** The status of a JVM that crashed and writes no report. */
  private static final int CRASHED = 1;

  private static final int SIGNALS = 128;

  private final Candidate candidate;
  private final Resources resources;
  private final OrderJudge judge;

  SeparateJudge(Candidate candidate, Resources resources) {
    this.candidate = candidate;
    this.resources = resources;
    judge = new OrderJudge(candidate, resources);
  }

  /**
   * Judges products.
   *
   * @param left the time that may be used
   * @param ended called after each product
   */
  List<ProductOrder> judge(List<ProductShape> shapes, Duration left, Runnable ended) {
    List<ProductOrder> orders = new ArrayList<>();
    long start = System.nanoTime();
    while (orders.size() < shapes.size()) {
      List<ProductShape> rest = shapes.subList(orders.size(), shapes.size());
      Duration now = left.minusNanos(System.nanoTime() - start);
      try (TemporaryFolder folder = TemporaryFolder.create()) {
        String ending = run(rest, now.isPositive() ? now : Duration.ofMillis(1), folder.path());
        int done = 0;
        while (done < rest.size() && Files.exists(file(folder.path(), done))) {
          orders.add(read(file(folder.path(), done)));
          ended.run();
          done++;
        }
        if (done < rest.size()) {
          orders.add(judge.failed(rest.get(done), "the process of " + candidate.name() + ending));
          ended.run();
        }
      }
    }
    return orders;
  }

  static Path file(Path folder, int number) {
    return folder.resolve(number + ".json");
  }

  private static ProductOrder read(Path file) {
    return JsonFile.read(file, JsonFile.tree(file), ProductOrder.class);
  }

  /** Runs the process; returns how it ended, as a predicate. */
  private String run(List<ProductShape> shapes, Duration left, Path folder) {
    Process process;
    try {
      process = start(shapes, left, folder);
    } catch (IOException e) {
      return " does not start (" + e.getMessage() + ")";
    }
    try {
      long until = System.nanoTime() + left.plus(PATIENCE).toNanos();
      while (!process.waitFor(GLANCE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() > until) {
          return " did not answer within " + left.plus(PATIENCE).toSeconds() + " s";
        }
      }
      int status = process.exitValue();
      return status == CRASHED || status > SIGNALS ? " crashed" : " ended with status " + status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return " was interrupted";
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start(List<ProductShape> shapes, Duration left, Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            CudaMachine.option(),
            // A crash of the library leaves neither a report nor a core in the current folder.
            "-XX:+SuppressFatalErrorMessage",
            "-XX:-CreateCoredumpOnCrash",
            "-cp",
            System.getProperty("java.class.path"),
            SeparateProcess.class.getName()));
    command.addAll(SeparateProcess.arguments(candidate.name(), resources, left, folder, shapes));
    // Its standard input stays open as long as this process lives.
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
