package dev.lockstep.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SettlingTest {

  @Test
  void callsSeveralTimesAndEnds() {
    AtomicInteger calls = new AtomicInteger();
    Settling.of(calls::incrementAndGet);
    assertThat(calls.get()).isGreaterThan(3);
  }

  @Test
  void whatACallThrowsIsThrown() {
    assertThatThrownBy(
            () ->
                Settling.of(
                    () -> {
                      throw new IllegalStateException("a wrong bit");
                    }))
        .hasMessage("a wrong bit");
  }
}
