package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DigitsTest {

  private static final Dataset DIGITS = Digits.load();

  @Test
  void theResourceIsTheNamedOne() throws IOException, NoSuchAlgorithmException {
    byte[] bytes = resource("digits.csv.gz");
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    assertThat(hash).isEqualTo("46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a");
    assertThat(new String(resource("digits.NOTICE.txt"), StandardCharsets.UTF_8))
        .contains(hash, "E. Alpaydin and C. Kaynak", "Creative Commons Attribution 4.0");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Digits.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    }
  }

  @Test
  void hasItsRowsInTheirOrder() {
    assertThat(DIGITS.inputs()).isEqualTo(64);
    assertThat(DIGITS.classes()).isEqualTo(10);
    assertThat(DIGITS.train().rows()).isEqualTo(1347);
    assertThat(DIGITS.test().rows()).isEqualTo(450);
    assertThat(DIGITS.train().labels()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(DIGITS.test().labels()).endsWith(9, 0, 8, 9, 8);
    assertThat(DIGITS.train().features()).startsWith(0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0);
  }

  @Test
  void featuresAreSixteenths() {
    for (float feature : DIGITS.train().features()) {
      assertThat(feature * 16).isBetween(0f, 16f).isEqualTo(Math.round(feature * 16));
    }
  }

  @Test
  void everyCallHasItsOwnArrays() {
    assertThat(Digits.load().train().features()).isNotSameAs(DIGITS.train().features());
  }
}
