package dev.lockstep.bench.harness;

/** Options of the timed JVMs, the same as the launcher's. */
final class Jvm {
  static final String VECTOR = "--add-modules=jdk.incubator.vector";
  static final String LARGE_PAGES = "-XX:+UseTransparentHugePages";
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  /** A collector without concurrent threads, which would run beside the timed ones. */
  static final String COLLECTOR = "-XX:+UseParallelGC";

  private Jvm() {}
}
