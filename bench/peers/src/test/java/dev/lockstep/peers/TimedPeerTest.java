package dev.lockstep.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.bench.timing.TimedProduct;
import dev.lockstep.bench.timing.TimedSteps;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the harnesses time of a peer is verified, and the process that times one has loaded no other
 * one's library.
 */
final class TimedPeerTest {
  private static final Map<String, String> LIBRARIES =
      Map.of("openblas", "libopenblas", "mkl", "libmkl_rt");

  @ParameterizedTest
  @ValueSource(strings = {"openblas", "mkl"})
  void isVerifiedAloneInItsProcess(String name) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TimedPeerTest.class.getName(),
                name)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("loaded: [" + name + "]");
  }

  /** In a process of its own. */
  public static void main(String[] arguments) {
    Backend backend = Backends.named("test", arguments[0]);
    Resources resources = new Resources(2);
    for (Activation activation : Activation.values()) {
      try (TimedSteps steps =
          TimedSteps.open(backend, workload(activation), resources, Submission.GRAPH)) {
        steps.run(3);
        requireAgreement(activation + " steps", steps.verify());
      }
    }
    for (ProductForm form : ProductForm.values()) {
      try (TimedProduct product = TimedProduct.open(backend, form, 250, 129, 77, resources)) {
        product.reset();
        if (product.verify().verdict() == Verdict.AGREES) {
          throw new AssertionError(form + ": agrees before it is computed");
        }
        product.run(2);
        requireAgreement(form.toString(), product.verify());
      }
    }
    System.out.println("loaded: " + loaded());
  }

  private static void requireAgreement(String what, SampleTally tally) {
    if (tally.verdict() != Verdict.AGREES) {
      throw new AssertionError(what + ": " + tally);
    }
  }

  private static Workload workload(Activation activation) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(129, 33),
            activation,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            new LearningRate.Uniform(0.01),
            33,
            3,
            7)
        .prepare(Digits.load());
  }

  /** The peers whose library this process has mapped. */
  private static TreeSet<String> loaded() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      List<String> maps = lines.toList();
      TreeSet<String> names = new TreeSet<>();
      LIBRARIES.forEach(
          (name, library) -> {
            if (maps.stream().anyMatch(line -> line.contains("/" + library + "."))) {
              names.add(name);
            }
          });
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
