package dev.lockstep.bench.cases;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The subject of a measurement: one harness with one value of each of its axes.
 *
 * @param harness the harness's name, such as {@code step}
 * @param axes values by axis name, in the harness's order
 */
public record Case(String harness, Map<String, String> axes) {

  /** Copies the collections. */
  public Case {
    axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
  }

  /** The value of an axis, or empty if the harness lacks it. */
  public Optional<String> axis(String name) {
    return Optional.ofNullable(axes.get(name));
  }

  /**
   * The value of a numeric axis.
   *
   * @throws NumberFormatException if the harness lacks the axis or its value is no number
   */
  public int number(String name) {
    return Integer.parseInt(axes.get(name));
  }

  /** A copy with one more axis. */
  public Case with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(axes);
    more.put(name, value);
    return new Case(harness, more);
  }

  /** A copy without one axis; cases that differ in this axis only have equal copies. */
  public Case without(String name) {
    Map<String, String> others = new LinkedHashMap<>(axes);
    others.remove(name);
    return new Case(harness, others);
  }

  /** A word fit for a file name: harness and values, joined by {@code -}. */
  public String slug() {
    return harness
        + axes.values().stream()
            .map(value -> "-" + value.replaceAll("[^A-Za-z0-9.]", "_"))
            .collect(Collectors.joining());
  }

  /** {@code step backend=vector width=1024}. */
  @Override
  public String toString() {
    return harness
        + axes.entrySet().stream()
            .map(axis -> " " + axis.getKey() + "=" + axis.getValue())
            .collect(Collectors.joining());
  }
}
