package dev.lockstep.bench.inspect;

import static dev.lockstep.file.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.file.SafetensorsBytes;
import dev.lockstep.file.SafetensorsFile;
import dev.lockstep.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectTextTest {

  @TempDir Path folder;

  private static String printed(Inspection inspection) {
    return String.join(
        "\n",
        Printer.lines(80, UnaryOperator.identity(), out -> new InspectText(inspection).print(out)));
  }

  private static String words(Inspection inspection) {
    return printed(inspection).replaceAll("\\s+", " ");
  }

  /** Units so close to the limit that all of their numbers have to be compared. */
  @Test
  void saysThatASearchWasStopped() throws IOException {
    int units = 61;
    Random random = new Random(1);
    float[] values = new float[units * 250];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1 + 0.0175 * random.nextGaussian());
    }
    Path path = folder.resolve("a");
    Files.write(path, SafetensorsBytes.file("w", "[61,250]", values));
    try (TensorFile file = SafetensorsFile.open(path)) {
      WeightReport weight = WeightReport.of(path, file, file.entries().getFirst(), 0.9999, 10_000);
      Inspection inspection =
          new Inspection(path, WeightsFormat.SAFETENSORS, 0.9999, List.of(weight), List.of());
      assertThat(inspection.complete()).isFalse();
      assertThat(printed(inspection)).containsPattern("w +0 rows +F32 +61x250 +61 +61 +0 +0\\+\n");
      assertThat(words(inspection))
          .containsPattern(
              "near only \\d+ of 61 different rows of w were compared with all others: the search"
                  + " stopped after 2\\^33 numbers")
          .contains("none nearly so (cosine above 0.9999, as far as they were compared).");
    }
  }

  @Test
  void keepsNamesOfAnyKindInTheirPlace() throws IOException {
    String header =
        IntStream.range(0, 30)
            .mapToObj(
                i -> entry("\\u001b]0;" + "n".repeat(999) + i, "F32", "[2,1]", 8 * i, 8 * i + 8))
            .collect(Collectors.joining(",", "{", "}"));
    Path path = folder.resolve("a");
    Files.write(path, SafetensorsBytes.file(header, new byte[240]));
    Inspection inspection = Inspection.of(path, 0.9999);
    assertThat(printed(inspection)).doesNotContain("\u001b").doesNotContain("n".repeat(61));
    assertThat(printed(inspection).lines()).allMatch(line -> line.length() <= 90);
    assertThat(words(inspection)).contains("(all zero); and 27 more.");
  }

  @Test
  void namesTwentyTensorsThatItSkips() throws IOException {
    String header =
        IntStream.range(0, 30)
            .mapToObj(i -> entry("t" + i, "I8", "[2,1]", 2 * i, 2 * i + 2))
            .collect(Collectors.joining(",", "{", "}"));
    Path path = folder.resolve("a");
    Files.write(path, SafetensorsBytes.file(header, new byte[60]));
    assertThat(words(Inspection.of(path, 0.9999)))
        .contains("t19 (I8), and 10 more: not of a floating-point type that is read");
  }
}
