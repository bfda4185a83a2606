package dev.lockstep.bench.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.fuzz.Damage;
import dev.lockstep.fuzz.Fuzzed;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound files of a run with {@link Damage}, in every build. */
final class RunFuzzTest {

  private static void given(RunFuzz.File file, byte[] content) {
    byte[] input = new byte[content.length + 1];
    input[0] = (byte) file.ordinal();
    System.arraycopy(content, 0, input, 1, content.length);
    RunFuzz.fuzzerTestOneInput(input);
  }

  @ParameterizedTest
  @EnumSource
  void theSoundRunIsRead(RunFuzz.File file) {
    given(file, file.sound());
    RunResult run = RunReader.read(Fuzzed.path("-run"));
    assertThat(run.cases()).hasSize(1);
    assertThat(run.cases().getFirst().forks().getFirst().nanoseconds()).contains(1600.0);
  }

  @ParameterizedTest
  @EnumSource
  void damaged(RunFuzz.File file) {
    Damage.each(file.sound(), content -> given(file, content));
  }

  /** What a reader of JSON is known to stumble over. */
  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1e400", "[[[[", "\u0000", "\"\\u12", "\n\n\n}", ""})
  void odd(String text) {
    for (RunFuzz.File file : RunFuzz.File.values()) {
      given(file, text.getBytes(StandardCharsets.UTF_8));
      for (String digits :
          new String[] {"1".repeat(2000), "[".repeat(2000), "1." + "1".repeat(3000)}) {
        given(file, digits.getBytes(StandardCharsets.UTF_8));
        String sound = new String(file.sound(), StandardCharsets.UTF_8);
        for (String number : new String[] {"1", "4096", "1600", "0.25"}) {
          given(file, sound.replace(number, digits).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }
}
