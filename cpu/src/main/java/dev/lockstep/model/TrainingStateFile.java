package dev.lockstep.model;

import dev.lockstep.file.AtomicFile;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads and writes a training's state as a NumPy .npz file. It holds the arrays of {@link
 * ParametersFile}, one array per learned parameter for each moment (moment1.W1, moment1.b1, ...),
 * and the step as a float64 array of shape (1,). Unlike a parameters file, it may hold values that
 * are not finite, because it stores the training as it was.
 */
public final class TrainingStateFile {
  private static final String STEP = "step";

  private TrainingStateFile() {}

  /**
   * Writes a state through {@link AtomicFile}.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, TrainingState state) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    ParametersFile.put(arrays, "", state.parameters());
    for (int k = 0; k < state.moments().size(); k++) {
      ParametersFile.put(arrays, prefix(k), state.moments().get(k));
    }
    arrays.put(STEP, new NpyArray.Doubles(new int[] {1}, new double[] {state.step()}));
    NpzFile.write(file, arrays);
  }

  private static String prefix(int moment) {
    return "moment" + (moment + 1) + ".";
  }

  /**
   * Reads the state of a network trained by a rule.
   *
   * @throws InputException naming the file and the array if an array is missing or unexpected, has
   *     the wrong shape, or differs from the first in type, or if the step is not a whole number
   *     from 0 to 2^53
   */
  public static TrainingState read(Path file, Network network, Rule rule) {
    String source = file.toString();
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(file));
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
    return new TrainingState(parameters, moments, step(source, step));
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
