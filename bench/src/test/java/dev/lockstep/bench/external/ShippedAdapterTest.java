package dev.lockstep.bench.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.ChildJvm;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Python an adapter runs on, and what that imports. */
final class ShippedAdapterTest {
  @TempDir Path folder;

  /** Multiplies on the adapter for NumPy and says so. */
  static final class Multiplies {
    private Multiplies() {}

    public static void main(String[] arguments) {
      Resources one = new Resources(1);
      ProgramBackend numpy =
          new ProgramBackend("numpy", ShippedAdapter.NUMPY, Duration.ofSeconds(60));
      Availability availability = numpy.availability(one);
      System.out.println(availability);
      if (availability instanceof Availability.Available) {
        try (Operations operations = numpy.operations(one)) {
          FloatMatrix two = new FloatMatrix(1, 1, new float[] {2});
          System.out.println("2 x 2 = " + operations.product(ProductForm.AB, two, two).value(0));
        }
        numpy.close();
      }
    }
  }

  private ChildJvm jvm() {
    return new ChildJvm(folder).set("PATH", folder + ":" + System.getenv("PATH"));
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void neitherTheCurrentFolderNorPythonsVariablesAreImported() throws Exception {
    Assumptions.assumeTrue(
        ShippedAdapter.NUMPY.interpreter().isPresent(),
        () -> "skipped: " + ShippedAdapter.NUMPY.availability());
    for (String module : List.of("numpy.py", "json.py", "sitecustomize.py", "plain.py")) {
      Files.writeString(folder.resolve(module), "raise SystemExit('imported by mistake')\n");
    }
    ChildJvm.Run run =
        jvm()
            .startedIn(folder)
            .set("PYTHONPATH", folder.toString())
            .set("PYTHONSTARTUP", folder.resolve("json.py").toString())
            .run(Multiplies.class, List.of());
    assertThat(run.out()).contains("2 x 2 = 4.0").doesNotContain("by mistake");
    assertThat(run.err()).doesNotContain("by mistake");
  }

  @Test
  void aPythonThatCannotRunIsPassedOver() throws Exception {
    program("python3", "echo 'no Python today' >&2; exit 3");
    ChildJvm.Run run = jvm().run(Multiplies.class, List.of());
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .containsAnyOf(
            "2 x 2 = 4.0", "no python3 (on the PATH or in /usr/bin) has the package numpy");
  }

  @Test
  void everyAdapterIsInThisBuild() {
    for (ShippedAdapter adapter : ShippedAdapter.values()) {
      assertThat(adapter.digest()).as(adapter.label()).hasSize(64);
    }
  }
}
