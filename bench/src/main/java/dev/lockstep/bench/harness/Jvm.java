package dev.lockstep.bench.harness;

/** Options of the JVMs that are timed; those of the launcher's. */
final class Jvm {
  static final String VECTOR = "--add-modules=jdk.incubator.vector";
  static final String LARGE_PAGES = "-XX:+UseTransparentHugePages";
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  /** No threads of a collector's beside those that are timed. */
  static final String COLLECTOR = "-XX:+UseParallelGC";

  private Jvm() {}
}
