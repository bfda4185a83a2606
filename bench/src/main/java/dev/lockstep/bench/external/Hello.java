package dev.lockstep.bench.external;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.input.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Who a program says it is.
 *
 * @param name of the stack, such as PyTorch
 * @param version of it
 * @param device what it computes on
 * @param threads of a CPU
 * @param precision how it computes
 * @param subnormals what becomes of them
 * @param independent whether it draws parameters, rows and noise itself
 * @param supports what it can do, as it calls it: requests, activations, losses, optimizers, noise,
 *     decay
 * @param environment versions and settings, for the record
 */
record Hello(
    String name,
    String version,
    String device,
    int threads,
    Precision precision,
    Subnormals subnormals,
    boolean independent,
    List<String> supports,
    Map<String, String> environment) {

  /** The version of the protocol that is spoken here. */
  static final int PROTOCOL = 1;

  private static final int MOST_ENTRIES = 50;
  private static final int LONGEST_TEXT = 200;

  Hello {
    supports = List.copyOf(supports);
  }

  /** Whether it can do something that it calls by this name. */
  boolean supports(String what) {
    return supports.contains(what);
  }

  /** {@code PyTorch 2.13.0+cpu on cpu, fp32, threads: 2}. */
  @Override
  public String toString() {
    return withoutThreads() + ", threads: " + threads;
  }

  /** The same of a run with several numbers of threads: {@code PyTorch 2.13.0+cpu on cpu, fp32}. */
  String withoutThreads() {
    return String.format(
        Locale.ROOT,
        "%s %s on %s, %s%s%s",
        name,
        version,
        device,
        precision.label(),
        subnormals == Subnormals.FLUSHED ? ", subnormals flushed" : "",
        independent ? ", independent" : "");
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
    for (String flag : List.of("noise", "decay")) {
      if (result.flag(flag)) {
        supports.add(flag);
      }
    }
    return new Hello(
        shortened(result.text("name")),
        shortened(result.text("version")),
        shortened(result.text("device")),
        (int) result.integer("threads", 0, 1 << 20),
        precision,
        subnormals,
        result.flag("independent"),
        supports,
        environment(result.node().path("environment")));
  }

  private static Map<String, String> environment(JsonNode node) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : new TreeSet<>(node.propertyNames())) {
      if (environment.size() < MOST_ENTRIES) {
        environment.put(shortened(name), shortened(node.path(name).asString("")));
      }
    }
    return environment;
  }

  private static String shortened(String text) {
    String printable = Printable.of(text);
    return printable.substring(0, Math.min(LONGEST_TEXT, printable.length()));
  }
}
