package dev.lockstep.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Storage.InPlace;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What single operations read, write and move. */
final class SingleOpTest {

  private static List<String> names(Iterable<Tensor> tensors) {
    List<String> names = new java.util.ArrayList<>();
    tensors.forEach(tensor -> names.add(tensor.name()));
    return names;
  }

  @ParameterizedTest
  @EnumSource
  void productsKeepTheirShape(ProductForm form) {
    ProductShape shape = new ProductShape(form, 33, 7, 0);
    SingleOp single = SingleOp.product(shape);
    assertThat(((Op.Product) single.op()).shape()).isEqualTo(shape);
    assertThat(names(single.operands())).containsExactly("A", "B");
    assertThat(names(single.lowered(InPlace.ALL).onlyWritten())).containsExactly("C");
  }

  @ParameterizedTest
  @EnumSource
  void anActivationThatKeepsItsInputLeavesItBehind(Activation activation) {
    SingleOp single = SingleOp.activation(activation, 33, 7);
    boolean keeps = activation.keepsInput();
    assertThat(names(single.results())).isEqualTo(keeps ? List.of("z", "a") : List.of("a"));
    assertThat(names(single.lowered(InPlace.ALL).onlyWritten()))
        .isEqualTo(keeps ? List.of("a") : List.of());
    assertThat(single.bytes()).isEqualTo(4 * ((keeps ? 3 : 2) * 33 * 7 + 7));
  }

  @Test
  void bytesAreThoseOfOperandsAndResults() {
    assertThat(SingleOp.derivative(Activation.TANH, 33, 7).bytes()).isEqualTo(4 * 3 * 33 * 7);
    assertThat(SingleOp.columnSums(33, 7).bytes()).isEqualTo(4 * (33 * 7 + 7));
    assertThat(SingleOp.loss(Loss.CROSS_ENTROPY, 33, 7).bytes())
        .isEqualTo(4 * (2 * 33 * 7 + 2 * 33));
    assertThat(SingleOp.update(Update.sgd(1), 33, 7).bytes()).isEqualTo(4 * 3 * 33 * 7);
  }
}
