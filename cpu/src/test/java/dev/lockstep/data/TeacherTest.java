package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TeacherTest {

  private static final int INPUTS = 13;
  private static final int CLASSES = 10;
  private static final long SEED = 7;
  private static final Dataset DATA = Teacher.generate(INPUTS, CLASSES, 1000, 500, SEED);

  @Test
  void featuresAreMultiplesOfTwoToMinusEight() {
    for (float feature : DATA.train().features()) {
      assertThat(feature).isGreaterThanOrEqualTo(-1).isLessThan(1);
      assertThat(feature * 256).isEqualTo(Math.round(feature * 256));
    }
    assertThat(DATA.train().features()).contains(-1f, 255 / 256f, 0f);
  }

  /** The documented definition, one row after the other. */
  @Test
  void labelsFollowTheDefinition() {
    for (int row = 0; row < 1500; row++) {
      Examples part = row < 1000 ? DATA.train() : DATA.test();
      int partRow = row < 1000 ? row : row - 1000;
      double[] x = new double[INPUTS];
      for (int i = 0; i < INPUTS; i++) {
        double u = Philox.uniform(SEED, Stream.TEACHER, 0, (long) row * INPUTS + i);
        x[i] = (Math.floor(512 * u) - 256) / 256;
        assertThat((double) part.features()[partRow * INPUTS + i]).isEqualTo(x[i]);
      }
      double[] scores = new double[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        for (int h = 0; h < 32; h++) {
          double sum = 0;
          for (int i = 0; i < INPUTS; i++) {
            sum += Philox.normal(SEED, Stream.TEACHER, 1, 32L * i + h) * x[i];
          }
          double activation = StrictMath.tanh(sum * (3 / Math.sqrt(INPUTS)));
          scores[c] += Philox.normal(SEED, Stream.TEACHER, 2, (long) h * CLASSES + c) * activation;
        }
      }
      double largest = Arrays.stream(scores).max().orElseThrow();
      assertThat(scores[part.labels()[partRow]]).isEqualTo(largest);
    }
  }

  @Test
  void everyClassLabelsSomeRows() {
    int[] counts = new int[CLASSES];
    for (int label : Teacher.generate(64, CLASSES, 2000, 1, 1).train().labels()) {
      counts[label]++;
    }
    assertThat(counts).matches(all -> Arrays.stream(all).allMatch(count -> count >= 40));
  }

  @Test
  void equalArgumentsGiveEqualData() {
    Dataset again = Teacher.generate(INPUTS, CLASSES, 1000, 500, SEED);
    assertThat(again.train().features()).isEqualTo(DATA.train().features());
    assertThat(again.test().labels()).isEqualTo(DATA.test().labels());
    Dataset other = Teacher.generate(INPUTS, CLASSES, 1000, 500, SEED + 1);
    assertThat(other.train().features()).isNotEqualTo(DATA.train().features());
  }

  @Test
  void namesArgumentsOutOfRange() {
    assertFault(0, 2, 1, 1, "number of inputs is 0, expected at least 1");
    assertFault(1, 1, 1, 1, "number of classes is 1, expected at least 2");
    assertFault(1, 2, 0, 1, "number of train rows is 0, expected at least 1");
    assertFault(1, 2, 1, -5, "number of test rows is -5, expected at least 1");
    assertFault(
        65_536,
        2,
        65_536,
        1,
        "number of train features is 4294967296, expected at most 2147483639");
    assertFault(
        1, 1 << 27, 1, 1, "number of output weights is 4294967296, expected at most 2147483639");
  }

  private static void assertFault(int inputs, int classes, int train, int test, String problem) {
    assertThatThrownBy(() -> Teacher.generate(inputs, classes, train, test, SEED))
        .isInstanceOf(InputException.class)
        .hasMessage("teacher: " + problem);
  }
}
