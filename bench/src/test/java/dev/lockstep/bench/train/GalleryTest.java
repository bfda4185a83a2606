package dev.lockstep.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.terminal.Bitmap.Ink;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GalleryTest {

  /** Sides of digits and MNIST; columns and lines of a side of usual and small terminals. */
  @ParameterizedTest
  @CsvSource({
    "8,  64, 38, 17, 1, 4, 3", // 80 x 24
    "8,  16, 18, 8,  1, 2, 1", // 40 x 15
    "8,  3,  38, 17, 1, 3, 1", // fewer units than fit
    "8,  64, 8,  2,  2, 1, 1", // 20 columns
    "28, 64, 38, 17, 2, 2, 2",
    "28, 64, 98, 41, 1, 3, 2",
    "28, 64, 8,  3,  5, 1, 1",
  })
  void imagesFillTheRoom(
      int side, int units, int columns, int rows, int shrink, int across, int down) {
    Gallery gallery = Gallery.of(side, side * side, units, columns, rows);
    assertThat(gallery.shrink()).as("shrink").isEqualTo(shrink);
    assertThat(gallery.across()).as("across").isEqualTo(across);
    assertThat(gallery.down()).as("down").isEqualTo(down);
  }

  @Test
  void aPictureHasTheWeightsOfItsUnit() {
    Matrix weights = new DrawnMatrix(4, 2, (input, unit) -> unit == 0 ? input - 1.5 : 1.5);
    assertThat(Gallery.of(2, 4, 2, 6, 1).lines(weights, 1.5, Ink.CHARACTERS))
        .as("columns of the image, upper and lower pixel averaged")
        .containsExactly("-* @@ ");
  }

  @Test
  void aBarIsALineForEachUnit() {
    Matrix weights = new DrawnMatrix(4, 3, (input, unit) -> unit - 1.0);
    assertThat(Gallery.of(0, 4, 3, 2, 9).lines(weights, 1, Ink.CHARACTERS))
        .containsExactly("  ", "++", "@@");
  }

  /** The mean is of as many weights as there are, also at the edge. */
  @Test
  void weightsThatShareAPixelAreAveraged() {
    Matrix weights = new DrawnMatrix(5, 1, (input, _) -> input == 4 ? 1 : input % 2 * 2 - 1.0);
    assertThat(Gallery.of(0, 5, 1, 3, 1).lines(weights, 1, Ink.CHARACTERS)).containsExactly("++@");
  }

  @Test
  void mostWeightsSetTheScale() {
    Matrix weights = new DrawnMatrix(100, 1, (input, _) -> input == 7 ? 1e6 : -0.5);
    assertThat(Gallery.of(0, 100, 1, 100, 1).scale(weights)).isEqualTo(0.5);
    Matrix broken = new DrawnMatrix(2, 1, (input, _) -> Double.NaN);
    assertThat(Gallery.of(0, 2, 1, 2, 1).scale(broken)).isZero();
  }

  /** Any network in any terminal that is at least as large as four pixels. */
  @Test
  void noLineIsWiderThanTheTerminalAndNoPictureHigher() {
    Random random = new Random(20);
    for (int i = 0; i < 2_000; i++) {
      int side = random.nextBoolean() ? 0 : 2 + random.nextInt(40);
      int inputs = side == 0 ? 1 + random.nextInt(300) : side * side;
      int units = 1 + random.nextInt(70);
      int columns = 7 + random.nextInt(120);
      int rows = 4 + random.nextInt(60);
      Gallery gallery = Gallery.of(side, inputs, units, columns, rows);
      Matrix weights = new DrawnMatrix(inputs, units, (input, unit) -> input - unit);
      String where = side + ", " + inputs + ", " + units + " in " + columns + " x " + rows;
      assertThat(gallery.lines(weights, gallery.scale(weights), Ink.CHARACTERS))
          .as(where)
          .hasSizeBetween(1, rows)
          .allSatisfy(line -> assertThat(line).as(where).hasSize(columns));
    }
  }
}
