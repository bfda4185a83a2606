package dev.lockstep.bench.cases;

import dev.lockstep.input.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Product shapes by name: {@code MxNxK} or the name of a list. */
public final class Shapes {
  private static final Pattern SHAPE = Pattern.compile("[1-9]\\d{0,6}x[1-9]\\d{0,6}x[1-9]\\d{0,6}");

  /** Batch size for shapes of a list that have none. */
  public static final int BATCH = 64;

  private Shapes() {}

  /**
   * Returns the shapes of a name, as {@code MxNxK}.
   *
   * @throws InputException naming the flag and the value
   */
  public static Stream<String> named(String flag, String name) {
    return switch (name) {
      case "squares" -> Stream.of(512, 1024, 2048).map(n -> shape(n, n, n));
      case "mlp" ->
          IntStream.of(64, 256)
              .boxed()
              .flatMap(batch -> Stream.of(1024, 4096).map(width -> shape(batch, width, width)));
      case "odd" -> Stream.of(shape(250, 1021, 777));
      case "deepbench" -> listed("deepbench.tsv").map(Shapes::ofDeepBench).distinct();
      case "benchdnn" -> listed("benchdnn.tsv").map(Shapes::ofBenchdnn).distinct();
      default -> Stream.of(single(flag, name));
    };
  }

  /**
   * Checks that a text is {@code MxNxK}.
   *
   * @throws InputException naming the source and the value
   */
  public static void require(String source, String shape) {
    if (!SHAPE.matcher(shape).matches()) {
      throw new InputException(source, "shape", shape, "expected MxNxK such as 64x1024x1024");
    }
  }

  private static String single(String flag, String name) {
    if (!SHAPE.matcher(name).matches()) {
      throw new InputException(
          flag,
          "shape",
          name,
          "expected MxNxK such as 64x1024x1024, or squares, mlp, odd, deepbench or benchdnn");
    }
    requireArrays(flag, name);
    return name;
  }

  /** Refuses a shape with a matrix that one array cannot hold. */
  private static void requireArrays(String flag, String name) {
    String[] sizes = name.split("x", -1);
    for (int i = 0; i < sizes.length; i++) {
      long elements = Long.parseLong(sizes[i]) * Long.parseLong(sizes[(i + 1) % sizes.length]);
      if (elements > Integer.MAX_VALUE) {
        throw new InputException(
            flag,
            "shape",
            name,
            "expected matrices of at most " + Integer.MAX_VALUE + " elements, one has " + elements);
      }
    }
  }

  private static String shape(int m, int n, int k) {
    return m + "x" + n + "x" + k;
  }

  private static String ofDeepBench(String[] row) {
    return row[0] + "x" + row[1] + "x" + row[2];
  }

  /**
   * Reads the columns mb (may be empty), ic and oc of an inner product: mb x oc = (mb x ic) (ic x
   * oc).
   */
  private static String ofBenchdnn(String[] row) {
    String batch = row[1].isEmpty() ? String.valueOf(BATCH) : row[1];
    return batch + "x" + row[5] + "x" + row[4];
  }

  private static Stream<String[]> listed(String resource) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Shapes.class.getResourceAsStream(resource), resource),
                StandardCharsets.UTF_8))) {
      List<String> lines = reader.lines().skip(1).toList();
      return lines.stream().map(line -> line.split("\t", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
