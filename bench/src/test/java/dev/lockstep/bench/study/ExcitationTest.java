package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import org.junit.jupiter.api.Test;

final class ExcitationTest {

  /** Of 40 rows the two largest: rows 39 and 38 of rising, 0 and 1 of falling, 39 and 0 of both. */
  @Test
  void sharesAreThoseCountedByHand() {
    DoubleMatrix responses = new DoubleMatrix(40, 3);
    for (int i = 0; i < 40; i++) {
      responses.data()[3 * i] = i;
      responses.data()[3 * i + 1] = -i;
      responses.data()[3 * i + 2] = i == 0 || i == 39 ? 1 : 0;
    }
    assertThat(Excitation.meanOverlap(responses)).isEqualTo((0 + 0.5 + 0.5) / 3);
  }

  @Test
  void equalUnitsShareAll() {
    assertThat(Excitation.meanOverlap(new DoubleMatrix(33, 7))).isEqualTo(1);
  }

  @Test
  void fewRowsCountOne() {
    assertThat(Excitation.most(1)).isEqualTo(1);
    assertThat(Excitation.most(39)).isEqualTo(1);
    assertThat(Excitation.most(450)).isEqualTo(22);
  }
}
