package dev.lockstep.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.runner.options.TimeValue;

final class SettlingTest {

  private static IterationParams warmUps(int count) {
    return new IterationParams(IterationType.WARMUP, count, TimeValue.milliseconds(1), 1);
  }

  @Test
  void callsSeveralTimesAndEnds() {
    AtomicInteger calls = new AtomicInteger();
    Settling.before(warmUps(1), calls::incrementAndGet);
    assertThat(calls.get()).isGreaterThan(3);
  }

  @Test
  void aRunWithoutWarmUpsIsNotSettled() {
    AtomicInteger calls = new AtomicInteger();
    Settling.before(warmUps(0), calls::incrementAndGet);
    assertThat(calls).hasValue(0);
  }

  @Test
  void whatACallThrowsIsThrown() {
    assertThatThrownBy(
            () ->
                Settling.before(
                    warmUps(1),
                    () -> {
                      throw new IllegalStateException("a wrong bit");
                    }))
        .hasMessage("a wrong bit");
  }
}
