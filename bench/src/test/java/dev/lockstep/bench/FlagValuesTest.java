package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A value that a flag does not take is refused in the same words whichever command has the flag.
 */
final class FlagValuesTest {

  @RegisterExtension final Console console = new Console();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "map --out x --budget soon    | --budget: time is soon, expected a time such as 90s, 8m or"
            + " 1h",
        "suite --out x --budget 0s    | --budget: time is 0s, expected a time such as",
        "bench --iteration 1          | --iteration: time is 1, expected a time such as",
        "map --out x --width 7,       | --width: width is '', expected numbers from 1 to",
        "map --out x --threads 0      | --threads: threads is 0, expected numbers from 1 to 1024",
        "bench --depth 1..9*1         | --depth: depth is 1..9*1, expected numbers from 1 to 1000,"
            + " or ranges",
        "bench --batch 1..2000+1      | --batch: range is 1..2000+1, expected at most 1000 values",
        "bench --batch 2049           | --batch: batch is 2049, expected numbers from 1 to 2048,"
            + " or",
        "bench --activation tanh,tan  | --activation: activation is tan, expected one of identity",
        "bench --only ceiling-fma     | --only: harness is ceiling-fma, which is always measured",
        "bench --form AA              | --form: form is AA, expected AB, ABT or ATB",
        "bench --init zero            | --init: initialisation is zero, expected random or equal",
        "check --noise 0,-1           | --noise: noise is -1, expected a number from 0 to",
        "check --loss mse             | --loss: loss is mse, expected one of cross-entropy,"
            + " squared",
        "compare a --level mode       | --level: value is mode, expected median or mean",
      })
  void oneSentenceNamesFlagValueAndWhatWasExpected(String arguments, String sentence) {
    int code = Lockstep.run(arguments.strip().split(" +"));

    assertThat(console.complained()).startsWith("lockstep: " + sentence).hasLineCount(1);
    assertThat(code).isEqualTo(2);
  }
}
