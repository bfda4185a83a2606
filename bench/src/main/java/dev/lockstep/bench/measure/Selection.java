package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.surroundings.Candidate;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The harnesses and axis values that were asked for.
 *
 * @param harnesses the harnesses to measure; {@link Plan} adds their ceilings
 * @param values values of every axis except the backend, in the order of measurement
 * @param split widths of the steps that are measured operation by operation, too
 */
record Selection(List<Harness> harnesses, Map<String, List<String>> values, List<String> split) {

  Selection {
    harnesses = List.copyOf(harnesses);
    values = new LinkedHashMap<>(values);
    split = List.copyOf(split);
  }

  /** Returns the number of combinations of a harness's axis values with a backend. */
  BigInteger count(Harness harness, Candidate backend) {
    return Bounds.product(
        harness.axes().stream()
            .filter(axis -> !axis.equals(Axis.BACKEND))
            .filter(axis -> !(backend.onDevice() && axis.equals(Axis.THREADS)))
            .map(this::valuesOf)
            .toList());
  }

  /** Returns every combination of a harness's axis values with these backends. */
  List<Map<String, String>> combinations(Harness harness, List<String> backends) {
    List<Map<String, String>> all = List.of(Map.of());
    for (String axis : harness.axes()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> one : all) {
        for (String value : axis.equals(Axis.BACKEND) ? backends : valuesOf(axis)) {
          Map<String, String> extended = new LinkedHashMap<>(one);
          extended.put(axis, value);
          longer.add(extended);
        }
      }
      all = longer;
    }
    return all;
  }

  private List<String> valuesOf(String axis) {
    List<String> chosen = values.get(axis);
    if (chosen == null) {
      throw new IllegalArgumentException("no values of " + axis);
    }
    return chosen;
  }
}
