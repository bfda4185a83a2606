package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {

  private static final Examples TWO_ROWS =
      new Examples(new float[] {1, 2, 3, 4, 5, 6}, new int[] {0, 1}, 3);

  private static void assertFault(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void countsRows() {
    assertThat(new Dataset("ok", 3, 2, TWO_ROWS, TWO_ROWS).train().rows()).isEqualTo(2);
  }

  @Test
  void examplesHaveARowForEachLabel() {
    assertThatThrownBy(() -> new Examples(new float[7], new int[2], 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("7 features are not 2 rows of 3");
    assertThatThrownBy(() -> new Examples(new float[0], new int[2], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2})
  void namesALabelThatIsNoClass(int label) {
    Examples test = new Examples(new float[6], new int[] {0, label}, 3);
    assertFault(
        () -> new Dataset("mine", 3, 2, TWO_ROWS, test),
        "mine: label of test row 1 is " + label + ", expected 0 to 1");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void namesAFeatureThatIsNotFinite(float feature) {
    Examples train = new Examples(new float[] {1, 2, 3, 4, 5, feature}, new int[] {0, 1}, 3);
    assertFault(
        () -> new Dataset("mine", 3, 2, train, TWO_ROWS),
        "mine: feature 2 of train row 1 is " + feature + ", expected a finite number");
  }

  @Test
  void namesCountsThatDisagree() {
    assertFault(
        () -> new Dataset("mine", 4, 2, TWO_ROWS, TWO_ROWS),
        "mine: number of inputs of a train row is 3, expected 4");
    assertFault(
        () -> new Dataset("mine", 3, 1, TWO_ROWS, TWO_ROWS),
        "mine: number of classes is 1, expected at least 2");
    assertFault(
        () -> new Dataset("mine", 3, 2, TWO_ROWS, new Examples(new float[0], new int[0], 3)),
        "mine: number of test rows is 0, expected at least 1");
  }
}
