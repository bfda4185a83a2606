package dev.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.data.IdxFuzz;
import dev.lockstep.model.NpyArray;
import dev.lockstep.model.NpzFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound files with something done to them, in every build: each prefix, each byte replaced, and
 * random runs of bytes. {@code mvn -Pfuzz verify} goes further, guided by coverage.
 */
final class ParserFuzzTest {

  private static final long SEED = 20261129;
  private static final int RANDOM_FILES = 2_000;

  @TempDir Path folder;

  private static void damage(byte[] sound, Consumer<byte[]> parser) {
    parser.accept(sound);
    for (int length = 0; length < sound.length; length++) {
      parser.accept(Arrays.copyOf(sound, length));
    }
    for (int at = 0; at < sound.length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, '"', ',', '\n'}) {
        byte[] other = sound.clone();
        other[at] = (byte) value;
        parser.accept(other);
      }
    }
    Random random = new Random(SEED);
    for (int i = 0; i < RANDOM_FILES; i++) {
      byte[] other = sound.clone();
      int from = random.nextInt(sound.length);
      int to = Math.min(sound.length, from + 1 + random.nextInt(8));
      for (int at = from; at < to; at++) {
        other[at] = (byte) random.nextInt();
      }
      parser.accept(other);
    }
  }

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
    damage(images(), IdxFuzz::fuzzerTestOneInput);
    damage(gzipped(images()), IdxFuzz::fuzzerTestOneInput);
    damage(new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2}, IdxFuzz::fuzzerTestOneInput);
  }

  @Test
  void csv() throws IOException {
    byte[] table =
        "u,v,label\n1,2.5,a\n-3e2,\"4\",b\n5,6,a\n7,8,b\n9,10,a\n".getBytes(StandardCharsets.UTF_8);
    damage(table, CsvFuzz::fuzzerTestOneInput);
    damage(gzipped(table), CsvFuzz::fuzzerTestOneInput);
  }

  @Test
  void npz() throws IOException {
    Path file = folder.resolve("a.npz");
    NpzFile.write(
        file,
        Map.of(
            "W1", new NpyArray.Floats(new int[] {2, 1}, new float[] {1, 2}),
            "b1", new NpyArray.Floats(new int[] {1}, new float[] {3})));
    damage(Files.readAllBytes(file), NpzFuzz::fuzzerTestOneInput);
    damage(Files.readAllBytes(file), StateFuzz::fuzzerTestOneInput);
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
    damage(text.getBytes(StandardCharsets.UTF_8), ScenarioFuzz::fuzzerTestOneInput);
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
