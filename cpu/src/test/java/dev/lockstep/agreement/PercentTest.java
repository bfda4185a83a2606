package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0.0%",
    "0.0012345, 0.12%",
    "0.0871, 8.7%",
    "0.944, 94%",
    "0.9949, 99%",
    "0.995, 100%",
    "1, 100%",
    "1.234, 123%",
    "1e6, 1.0e+08%",
    "Infinity, Infinity%"
  })
  void twoDigitsAndNoPowersOfTenNearTheWhole(double share, String text) {
    assertThat(Percent.of(share)).isEqualTo(text);
  }
}
