package dev.lockstep.bench.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShapesTest {

  @Test
  void listsByName() {
    assertThat(Shapes.named("--shape", "squares"))
        .containsExactly("512x512x512", "1024x1024x1024", "2048x2048x2048");
    assertThat(Shapes.named("--shape", "mlp")).hasSize(4).contains("64x1024x1024");
    assertThat(Shapes.named("--shape", "odd")).containsExactly("250x1021x777");
    assertThat(Shapes.named("--shape", "deepbench")).contains("1760x7000x1760");
  }

  /** Rows without a batch get 64; the batch of those that have one stays. */
  @Test
  void anInnerProductIsAProduct() {
    assertThat(Shapes.named("--shape", "benchdnn"))
        .contains("64x1024x845", "16x4096x240")
        .allMatch(shape -> shape.matches("\\d+x\\d+x\\d+"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7x7", "0x7x7", "7x7x7x7", "7X7X7", "cubes", "99999999x1x1"})
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> Shapes.named("--shape", text))
        .hasMessageStartingWith("--shape: shape is ")
        .hasMessageContaining("expected MxNxK");
  }
}
