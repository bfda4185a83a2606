package dev.lockstep.bench.order;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The process of a {@link SeparateJudge}: writes a file for each product. */
final class SeparateProcess {

  private SeparateProcess() {}

  /** The arguments that {@link #main} reads. */
  static List<String> arguments(
      String backend, Resources resources, Duration left, Path folder, List<ProductShape> shapes) {
    List<String> arguments = new ArrayList<>();
    arguments.add(backend);
    arguments.add(String.valueOf(resources.threads()));
    arguments.add(String.valueOf(resources.device()));
    arguments.add(String.valueOf(left.toMillis()));
    arguments.add(folder.toString());
    for (ProductShape shape : shapes) {
      arguments.add(shape.form().name());
      arguments.add(String.valueOf(shape.m()));
      arguments.add(String.valueOf(shape.n()));
      arguments.add(String.valueOf(shape.k()));
    }
    return arguments;
  }

  /** Judges products, given by {@link #arguments}. */
  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().start(SeparateProcess::endWithParent);
    Resources resources =
        new Resources(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    Budget budget = Budget.of(Duration.ofMillis(Long.parseLong(arguments[3])));
    Path folder = Path.of(arguments[4]);
    OrderJudge judge =
        new OrderJudge(
            Candidate.of(Backends.named("--backends", arguments[0]), resources), resources);
    int number = 0;
    for (int i = 5; i < arguments.length; i += 4) {
      ProductShape shape =
          new ProductShape(
              ProductForm.valueOf(arguments[i]),
              Integer.parseInt(arguments[i + 1]),
              Integer.parseInt(arguments[i + 2]),
              Integer.parseInt(arguments[i + 3]));
      ProductOrder order = judge.judge(shape, OrderCommand.limit(budget));
      JsonFile.write(SeparateJudge.file(folder, number++), order);
    }
    // Whatever threads a library has left.
    Runtime.getRuntime().halt(0);
  }

  /** Ends this process when the other end of its standard input is closed. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever said.
      }
    } catch (IOException e) {
      // The same: nobody waits any more.
    }
    Runtime.getRuntime().halt(0);
  }
}
