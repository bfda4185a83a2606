package dev.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.data.IdxFuzz;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpyFile;
import dev.lockstep.file.NpzFile;
import dev.lockstep.file.SafetensorsBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sound files with {@link Damage}, in every build. */
final class ParserFuzzTest {

  @TempDir Path folder;

  private static byte[] gzipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] images() {
    return new byte[] {
      0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    };
  }

  @Test
  void idx() throws IOException {
    Damage.each(images(), IdxFuzz::fuzzerTestOneInput);
    Damage.each(gzipped(images()), IdxFuzz::fuzzerTestOneInput);
    Damage.each(new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2}, IdxFuzz::fuzzerTestOneInput);
  }

  @Test
  void csv() throws IOException {
    byte[] table =
        "u,v,label\n1,2.5,a\n-3e2,\"4\",b\n5,6,a\n7,8,b\n9,10,a\n".getBytes(StandardCharsets.UTF_8);
    Damage.each(table, CsvFuzz::fuzzerTestOneInput);
    Damage.each(gzipped(table), CsvFuzz::fuzzerTestOneInput);
  }

  @Test
  void npy() throws IOException {
    Path file = folder.resolve("a.npy");
    NpyFile.write(file, new NpyArray.Floats(new int[] {2, 1}, new float[] {1, 2}));
    Damage.each(Files.readAllBytes(file), NpyFuzz::fuzzerTestOneInput);
  }

  @Test
  void npz() throws IOException {
    Path file = folder.resolve("a.npz");
    NpzFile.write(
        file,
        Map.of(
            "W1", new NpyArray.Floats(new int[] {2, 1}, new float[] {1, 2}),
            "b1", new NpyArray.Floats(new int[] {1}, new float[] {3})));
    Damage.each(Files.readAllBytes(file), NpzFuzz::fuzzerTestOneInput);
    Damage.each(Files.readAllBytes(file), StateFuzz::fuzzerTestOneInput);
  }

  @Test
  void tensors() throws IOException {
    Path file = folder.resolve("a.npz");
    NpzFile.write(file, Map.of("w", new NpyArray.Floats(new int[] {2, 1}, new float[] {1, 2})));
    Damage.each(Files.readAllBytes(file), TensorsFuzz::npz);
    String header =
        "{\"__metadata__\":{\"a\":\"b\"},"
            + SafetensorsBytes.entry("u", "F64", "[2,1]", 0, 16)
            + ","
            + SafetensorsBytes.entry("v", "BF16", "[1,2]", 16, 20)
            + "} ";
    Damage.each(SafetensorsBytes.file(header, new byte[20]), TensorsFuzz::fuzzerTestOneInput);
  }

  @Test
  void npzDataset() throws IOException {
    Path file = folder.resolve("data.npz");
    NpzFile.write(
        file,
        Map.of(
            "x", new NpyArray.Bytes(new int[] {3, 1, 2}, new byte[] {1, 2, 3, 4, 5, 6}),
            "y", new NpyArray.Longs(new int[] {3}, new long[] {0, 1, 1})));
    Damage.each(Files.readAllBytes(file), NpzDatasetFuzz::fuzzerTestOneInput);
    NpyArray features = new NpyArray.Doubles(new int[] {2, 1}, new double[] {1, 2});
    NpyArray labels = new NpyArray.Longs(new int[] {2, 1}, new long[] {0, 1});
    NpzFile.write(
        file, Map.of("x_train", features, "y_train", labels, "x_test", features, "y_test", labels));
    Damage.each(Files.readAllBytes(file), NpzDatasetFuzz::fuzzerTestOneInput);
  }

  @Test
  void scenario() {
    String text =
        """
        {"schema": 1, "data": "digits", "hidden": [129, 7], "activation": "tanh",
         "initialization": "groups:3+4", "loss": "squared-error", "learning-rate": "quotient:0.1",
         "optimizer": "adam:0.9:0.999:1e-8", "schedule": "step:10:0.5", "weight-decay": 1e-4,
         "batch": 33, "steps": 200, "seed": -7}
        """;
    Damage.each(text.getBytes(StandardCharsets.UTF_8), ScenarioFuzz::fuzzerTestOneInput);
  }

  /** What is demanded can be seen to be broken. */
  @Test
  void aParserThatDoesWhatItMayNotIsSeen() {
    assertThat(catchThrowable(() -> Fuzzed.read(new byte[3], "", _ -> keep(new byte[64 << 20]))))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("bytes were allocated for a file of 3");
    assertThat(
            catchThrowable(
                () ->
                    Fuzzed.read(
                        new byte[3],
                        "",
                        _ -> {
                          throw new ArrayIndexOutOfBoundsException(3);
                        })))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  private static void keep(byte[] array) {
    assertThat(array).isNotEmpty();
  }
}
