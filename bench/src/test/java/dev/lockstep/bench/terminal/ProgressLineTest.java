package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.terminal.ProgressLine.Work;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {

  private static final OptionalDouble NONE = OptionalDouble.empty();

  private static String line(Work work, double seconds, OptionalDouble forecast, String message) {
    return ProgressLine.text("check", work, seconds, forecast, message, 79);
  }

  @Test
  void timeLeftFollowsFromWhatIsDone() {
    assertThat(line(new Work(0, 25, 100), 10, NONE, "w7"))
        .isEqualTo("check  25% [=====               ] about 30 s left  w7");
    assertThat(line(new Work(0, 1, 101), 6, NONE, ""))
        .isEqualTo("check   0% [                    ] about 10 min 0 s left");
  }

  /** A training that goes on after 80 of 100 steps does not owe its speed to them. */
  @Test
  void whatWasDoneBeforeSaysNothingAboutTime() {
    assertThat(line(new Work(80, 90, 100), 10, NONE, "")).contains(" 90% [").contains("10 s left");
  }

  @Test
  void withoutAnythingDoneTheTimeSoFarIsShown() {
    assertThat(line(new Work(0, 0, 100), 3, NONE, "w7")).contains("  0% [").contains("3 s so far");
    assertThat(line(Work.UNKNOWN, 130, NONE, "numpy")).isEqualTo("check  2 min 10 s so far  numpy");
  }

  @Test
  void aForecastCountsMoreThanAnEstimate() {
    assertThat(line(new Work(0, 50, 100), 10, OptionalDouble.of(77), ""))
        .contains("about 77 s left");
  }

  @Test
  void theFirstSecondShowsNothing() {
    assertThat(line(new Work(0, 50, 100), 0.9, NONE, "w7")).isEmpty();
  }

  @Test
  void noLineIsLongerThanTheTerminal() {
    Random random = new Random(20);
    for (int i = 0; i < 10_000; i++) {
      long all = random.nextInt(4) == 0 ? Long.MAX_VALUE / 2 : 1 + random.nextInt(1000);
      int longest = random.nextInt(120);
      String line =
          ProgressLine.text(
              "inspect",
              random.nextInt(5) == 0 ? Work.UNKNOWN : new Work(0, random.nextLong(2 * all), all),
              random.nextDouble() * 1e5,
              NONE,
              "m".repeat(random.nextInt(100)),
              longest);
      assertThat(line.length()).isLessThanOrEqualTo(longest);
    }
  }
}
