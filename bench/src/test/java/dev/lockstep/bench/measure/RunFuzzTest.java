package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.results.RunResult;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a run as {@link RunFuzz} has them, and what is known to be odd. */
final class RunFuzzTest {

  @ParameterizedTest
  @EnumSource
  void theSoundRunIsRead(RunFuzz file) {
    for (byte[] seed : file.seeds()) {
      file.accept(seed);
    }
    RunResult run = RunFuzz.read();
    assertThat(run.cases()).hasSize(2);
    assertThat(run.cases().getFirst().forks().getFirst().nanoseconds()).contains(1600.0);
  }

  /** What a reader of JSON is known to stumble over. */
  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1e400", "[[[[", "\u0000", "\"\\u12", "\n\n\n}", ""})
  void odd(String text) {
    for (RunFuzz file : RunFuzz.values()) {
      file.accept(text.getBytes(StandardCharsets.UTF_8));
      for (String digits :
          new String[] {"1".repeat(2000), "[".repeat(2000), "1." + "1".repeat(3000)}) {
        file.accept(digits.getBytes(StandardCharsets.UTF_8));
        String sound = new String(file.seeds().getFirst(), StandardCharsets.UTF_8);
        for (String number : new String[] {"1", "4096", "1600", "0.25"}) {
          file.accept(sound.replace(number, digits).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }
}
