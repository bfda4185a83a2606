package dev.lockstep.bench.external;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.input.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A program's answer to {@code hello}.
 *
 * @param name the software, such as PyTorch
 * @param version its version
 * @param device the device on which it computes
 * @param threads the threads on a CPU
 * @param precision the arithmetic of the program
 * @param subnormals the treatment of subnormal numbers
 * @param independent whether it draws parameters, rows and noise itself
 * @param probesAgain whether a probe computes what it shows a second time, which may change bits
 * @param supports the supported requests, activations, losses and optimizers, and {@code noise} and
 *     {@code decay}, by the protocol's names; {@code batch normalization}
 * @param environment versions and settings
 */
record Hello(
    String name,
    String version,
    String device,
    int threads,
    Precision precision,
    Subnormals subnormals,
    boolean independent,
    boolean probesAgain,
    List<String> supports,
    Map<String, String> environment) {

  /** The version of the protocol. */
  static final int PROTOCOL = 1;

  private static final int MOST_ENTRIES = 50;
  private static final int LONGEST_TEXT = 200;

  /** Whether the program supports a feature, by the protocol's name. */
  boolean supports(String what) {
    return supports.contains(what);
  }

  /** {@code PyTorch 2.13.0+cpu on cpu, fp32, threads: 2}. */
  @Override
  public String toString() {
    return withoutThreads() + ", threads: " + threads;
  }

  /** For runs with several numbers of threads: {@code PyTorch 2.13.0+cpu on cpu, fp32}. */
  String withoutThreads() {
    String flushed = subnormals == Subnormals.FLUSHED ? ", subnormals flushed" : "";
    String draws = independent ? ", independent" : "";
    return name + " " + version + " on " + device + ", " + precision.label() + flushed + draws;
  }

  /**
   * Reads the result of {@code hello}.
   *
   * @throws Malformed naming the field
   */
  static Hello of(Fields result) {
    long protocol = result.integer("protocol", 0, Integer.MAX_VALUE);
    if (protocol != PROTOCOL) {
      throw new Malformed("protocol", protocol, "expected " + PROTOCOL);
    }
    Precision precision = result.choice("precision", Precision.class);
    Subnormals subnormals = result.choice("subnormals", Subnormals.class, Subnormals.KEPT);
    if (precision.kind() == Kind.EXACT && subnormals != Subnormals.KEPT) {
      throw new Malformed(
          "subnormals", subnormals.label(), "precision " + precision.label() + " keeps them");
    }
    List<String> supports = new ArrayList<>();
    for (String list : List.of("requests", "activations", "losses", "optimizers")) {
      supports.addAll(result.texts(list, MOST_ENTRIES));
    }
    for (String kind : result.texts("normalizations", MOST_ENTRIES)) {
      supports.add(kind + " normalization");
    }
    for (String flag : List.of("noise", "decay")) {
      if (result.flag(flag)) {
        supports.add(flag);
      }
    }
    return new Hello(
        result.text("name", LONGEST_TEXT),
        result.text("version", LONGEST_TEXT),
        result.text("device", LONGEST_TEXT),
        (int) result.integer("threads", 0, 1 << 20),
        precision,
        subnormals,
        result.flag("independent"),
        result.flag("probes-again"),
        supports,
        environment(result.node().path("environment")));
  }

  private static Map<String, String> environment(JsonNode node) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : new TreeSet<>(node.propertyNames())) {
      if (environment.size() < MOST_ENTRIES) {
        environment.put(
            Printable.of(name, LONGEST_TEXT),
            Printable.of(node.path(name).asString(""), LONGEST_TEXT));
      }
    }
    return environment;
  }
}
