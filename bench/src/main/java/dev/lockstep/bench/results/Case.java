package dev.lockstep.bench.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One harness with one value of each of its axes: what a time is the time of.
 *
 * @param harness its name, such as {@code step}
 * @param axes values by name, in the harness's order
 */
public record Case(String harness, Map<String, String> axes) {

  /** Whose value is the name of what is measured, and so what comparisons put side by side. */
  public static final String BACKEND = "backend";

  public Case {
    axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
  }

  /** The value of an axis, if the harness has it. */
  public Optional<String> axis(String name) {
    return Optional.ofNullable(axes.get(name));
  }

  /** The value of an axis that is a number, if the harness has it. */
  public int number(String name) {
    return Integer.parseInt(axes.get(name));
  }

  /** With one more axis. */
  public Case with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(axes);
    more.put(name, value);
    return new Case(harness, more);
  }

  /** Without one axis: two cases that differ in nothing else have equal ones. */
  public Case without(String name) {
    Map<String, String> others = new LinkedHashMap<>(axes);
    others.remove(name);
    return new Case(harness, others);
  }

  /** One word that a file can have as its name; different for different cases. */
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
