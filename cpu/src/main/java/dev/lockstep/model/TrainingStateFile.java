package dev.lockstep.model;

import dev.lockstep.file.AtomicFile;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpyFile;
import dev.lockstep.file.NpzFile;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes a training's state as a NumPy .npz file. It holds the arrays of {@link
 * ParametersFile}, one array per learned parameter for each moment (moment1.W1, moment1.b1, ...),
 * the step as a float64 array of shape (1,), and two arrays of uint8: {@code origin}, a text that
 * says which training the state belongs to, and {@code sha256}, the digest of all of this.
 */
public final class TrainingStateFile {
  private static final String STEP = "step";
  private static final String ORIGIN = "origin";
  private static final String DIGEST = "sha256";

  private TrainingStateFile() {}

  /**
   * Writes a state through {@link AtomicFile}.
   *
   * @param origin what the state belongs to
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, TrainingState state, String origin) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    ParametersFile.put(arrays, "", state.parameters());
    for (int k = 0; k < state.moments().size(); k++) {
      ParametersFile.put(arrays, prefix(k), state.moments().get(k));
    }
    arrays.put(STEP, new NpyArray.Doubles(new int[] {1}, new double[] {state.step()}));
    arrays.put(ORIGIN, bytes(origin.getBytes(StandardCharsets.UTF_8)));
    arrays.put(DIGEST, bytes(digest(arrays)));
    NpzFile.write(file, arrays);
  }

  private static String prefix(int moment) {
    return "moment" + (moment + 1) + ".";
  }

  private static NpyArray bytes(byte[] bytes) {
    return new NpyArray.Bytes(new int[] {bytes.length}, bytes);
  }

  /**
   * The SHA-256 of all arrays but the digest itself, sorted by name: each as its name and the bytes
   * of its .npy file.
   */
  private static byte[] digest(Map<String, NpyArray> arrays) {
    return Sha256.digest(
        out -> {
          for (Map.Entry<String, NpyArray> named : new TreeMap<>(arrays).entrySet()) {
            out.write(named.getKey().getBytes(StandardCharsets.UTF_8));
            NpyFile.write(out, named.getValue());
          }
        });
  }

  /**
   * Reads what a state belongs to.
   *
   * @throws InputException if the file cannot be read or does not say it
   */
  public static String origin(Path file) {
    if (NpzFile.read(file, ORIGIN) instanceof NpyArray.Bytes(int[] _, byte[] text)) {
      return new String(text, StandardCharsets.UTF_8);
    }
    throw new InputException(
        file.toString(), ORIGIN, "missing", "expected a state that this version saved");
  }

  /**
   * Reads the state of a network trained by a rule.
   *
   * @throws InputException naming the file and the array if an array is missing or unexpected, has
   *     the wrong shape, differs from the first in type, or holds a value that is not finite; if
   *     the step is not a whole number from 0 to 2^53; or if the digest is another
   */
  public static TrainingState read(Path file, Network network, Rule rule) {
    String source = file.toString();
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(file));
    NpyArray stored = arrays.remove(DIGEST);
    byte[] digest = digest(arrays);
    arrays.remove(ORIGIN);
    NpyArray step = arrays.remove(STEP);
    Parameters parameters = ParametersFile.take(source, arrays, "", network.parameters());
    Class<?> type = parameters.entries().getFirst().matrix().getClass();
    ParametersFile.requireType(source, "", parameters, type);
    List<Parameters> moments = new ArrayList<>();
    for (int k = 0; k < rule.moments(); k++) {
      Parameters moment = ParametersFile.take(source, arrays, prefix(k), network.learned());
      ParametersFile.requireType(source, prefix(k), moment, type);
      moments.add(moment);
    }
    if (!arrays.isEmpty()) {
      throw new InputException(
          source,
          "array",
          arrays.keySet().iterator().next(),
          String.format(Locale.ROOT, "expected a state of %s by %s", network, rule));
    }
    long at = step(source, step);
    ParametersFile.requireFinite(source, "", parameters);
    for (int k = 0; k < moments.size(); k++) {
      ParametersFile.requireFinite(source, prefix(k), moments.get(k));
    }
    if (!(stored instanceof NpyArray.Bytes(int[] _, byte[] bytes))
        || !Arrays.equals(bytes, digest)) {
      throw new InputException(
          source, DIGEST, "not that of its arrays", "expected a file that nothing has changed");
    }
    return new TrainingState(parameters, moments, at);
  }

  private static long step(String source, @org.jspecify.annotations.Nullable NpyArray array) {
    if (array instanceof NpyArray.Doubles(int[] _, double[] values)
        && values.length == 1
        && values[0] >= 0
        && values[0] <= TrainingState.MOST_STEPS
        && values[0] == Math.rint(values[0])) {
      return (long) values[0];
    }
    Object found =
        switch (array) {
          case null -> "missing";
          case NpyArray.Doubles(int[] _, double[] values) when values.length > 0 -> values[0];
          default -> "another array";
        };
    throw new InputException(source, STEP, found, "expected one whole number of float64");
  }
}
