package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShareHistogramTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0", "1e-300, 0", "0x1.fffffep-21, 0", "0x1p-20, 1", "0x1.8p-20, 1", "0x1p-19, 2",
    "0.25, 19", "0.5, 20", "0.999, 20", "1, 21", "1e9, 21", "Infinity, 21"
  })
  void binsArePowersOfTwo(String share, int bin) {
    assertThat(ShareHistogram.bin(Double.parseDouble(share))).isEqualTo(bin);
  }

  @Test
  void everyShareIsCounted() {
    ShareHistogram histogram = new ShareHistogram();
    for (int i = 0; i <= 1000; i++) {
      histogram.add(i / 1000.0);
    }
    assertThat(histogram.counts()).hasSize(ShareHistogram.BINS);
    assertThat(histogram.counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(1001);
    assertThat(histogram.counts().getLast()).isEqualTo(1);
    assertThat(histogram.counts().get(ShareHistogram.BINS - 2)).isEqualTo(500);
  }
}
