package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend says of itself in a JVM that cannot run it; each in a JVM of its own. */
class VectorAvailabilityTest {

  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  /** Prints what the backend says, and what opening it does. */
  static final class Ask {
    private Ask() {}

    public static void main(String[] arguments) {
      VectorBackend backend = new VectorBackend();
      switch (backend.availability(new Resources(1))) {
        case Availability.Available(String detail, var _) ->
            System.out.println("available: " + detail);
        case Availability.Unavailable unavailable ->
            System.out.println(unavailable.reason().kind() + ": " + unavailable);
        case Availability.Unsupported unsupported ->
            System.out.println(unsupported.reason().kind() + ": " + unsupported);
      }
      try {
        backend.operations(new Resources(1)).close();
        System.out.println("opened");
      } catch (UnavailableException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void withTheModuleItRuns() throws Exception {
    assertThat(ask(MODULE)).startsWith("available: ").endsWith("opened");
  }

  @Test
  void withoutTheModuleItIsUnsupported() throws Exception {
    assertUnsupported(
        ask("-Dnothing=else"),
        "NO_VECTOR_API",
        "the JVM was started without --add-modules jdk.incubator.vector");
  }

  @Test
  void withoutFusedMultiplyAddItIsUnsupported() throws Exception {
    assertUnsupported(
        ask(MODULE, "-XX:-UseFMA"),
        "NO_FMA",
        "the processor has no fused multiply-add (or UseFMA is off)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1024", "64", "0", "-512", "wide", ""})
  void aWidthThatNoProcessorHasIsUnsupported(String bits) throws Exception {
    assertUnsupported(
        ask(MODULE, "-Dlockstep.vector.bits=" + bits),
        "VECTOR_WIDTH",
        String.format(
            Locale.ROOT,
            "vectors of %s bits were asked for, this processor has 128 to %d (in powers of two)",
            bits,
            FloatVector.SPECIES_PREFERRED.vectorBitSize()));
  }

  /** A JVM told to use no more than AVX2 stands for a processor that has no more. */
  @Test
  void aWidthThatThisProcessorLacksIsUnsupported() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "UseAVX is an option of x86 alone");
    assertUnsupported(
        ask(MODULE, "-XX:UseAVX=2", "-Dlockstep.vector.bits=512"),
        "VECTOR_WIDTH",
        "vectors of 512 bits were asked for, this processor has 128 to 256 (in powers of two)");
  }

  private static void assertUnsupported(String answer, String cause, String sentence) {
    assertThat(answer)
        .isEqualTo(String.format(Locale.ROOT, "%s: %s%n%s", cause, sentence, sentence));
  }

  private static String ask(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Ask.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    // The JVM says on stdout that UseFMA and the like do not fit the processor.
    return out.lines()
        .filter(line -> !line.startsWith("OpenJDK") && !line.contains("warning:"))
        .reduce((a, b) -> a + System.lineSeparator() + b)
        .orElse("");
  }
}
