package dev.lockstep.backend;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bits that were recorded of an earlier version. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GoldenContract {

  private final Subject subject;

  GoldenContract(Subject subject) {
    this.subject = subject;
  }

  /** All are skipped as one. */
  @BeforeAll
  final void requireExact() {
    Assumptions.assumeTrue(subject.exact(), "bits are demanded");
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.GoldenScenario#all")
  void bitsAreAsRecorded(GoldenScenario scenario) {
    if (scenario.isNormalized()) {
      subject.assumeSupports(scenario.workload());
    }
    GoldenFile.CANONICAL.compare(subject.backend(), scenario);
  }
}
