package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.terminal.Bitmap.Ink;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BitmapTest {

  @Test
  void twoRowsShareABlockOfTwoColours() {
    assertThat(new Bitmap(3, 2, new double[] {-1, 0, 1, 1, 0, -1}).lines(Ink.BLOCKS))
        .containsExactly(
            "\u001b[38;5;53;48;5;22m\u2580\u001b[38;5;255;48;5;255m\u2580"
                + "\u001b[38;5;22;48;5;53m\u2580\u001b[m");
  }

  @Test
  void charactersGrowWithTheMean() {
    assertThat(new Bitmap(4, 2, new double[] {-1, 1, 1, 0, -1, 1, -1, 1}).lines(Ink.CHARACTERS))
        .containsExactly(" @+#");
  }

  @Test
  void anOddLastRowIsDrawnTwice() {
    assertThat(new Bitmap(1, 3, new double[] {-1, 1, 1}).lines(Ink.CHARACTERS))
        .containsExactly("+", "@");
  }

  @Test
  void equalNeighboursShareTheirColours() {
    assertThat(new Bitmap(3, 1, new double[] {0, 0, 0}).lines(Ink.BLOCKS))
        .containsExactly("\u001b[38;5;255;48;5;255m\u2580\u2580\u2580\u001b[m");
  }

  /** Whatever the numbers are, NaN and infinities among them. */
  @ParameterizedTest
  @EnumSource
  void everyLineHasTheWidth(Ink ink) {
    Random random = new Random(20);
    double[] special = {Double.NaN, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, -0.0, 1e-300};
    for (int i = 0; i < 500; i++) {
      int width = 1 + random.nextInt(30);
      int height = 1 + random.nextInt(30);
      double[] values =
          random
              .doubles((long) width * height, -2, 2)
              .map(value -> value > 1.5 ? special[(int) (value * 100) % special.length] : value)
              .toArray();
      assertThat(new Bitmap(width, height, values).lines(ink))
          .hasSize((height + 1) / 2)
          .allSatisfy(line -> assertThat(line.replaceAll("\u001b\\[[\\d;]*m", "")).hasSize(width));
    }
  }
}
