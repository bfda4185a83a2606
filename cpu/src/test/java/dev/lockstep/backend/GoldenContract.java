package dev.lockstep.backend;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bits that were recorded of an earlier version. */
abstract class GoldenContract {

  private final Subject subject;

  GoldenContract(Subject subject) {
    this.subject = subject;
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.GoldenScenario#all")
  void bitsAreAsRecorded(GoldenScenario scenario) {
    Assumptions.assumeTrue(subject.exact(), "bits are demanded");
    GoldenFile.CANONICAL.compare(subject.backend(), scenario);
  }
}
