package dev.lockstep.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Axis.Batch;
import dev.lockstep.model.Axis.One;
import dev.lockstep.model.Axis.Units;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which tensors may share memory, on made-up lists. */
final class StorageTest {
  private static final Axis BATCH = new Batch(33);
  private static final Axis UNITS = new Units(0, 7);

  private final Tensor product = step("product");
  private final Tensor z = step("z");
  private final Tensor a = step("a");
  private final Tensor bias = new Tensor("b", Element.REAL, Lifetime.STATE, new One(), UNITS);
  private final Op activation = new Op.BiasActivation(Activation.TANH, product, bias, z, a);

  private static Tensor step(String name) {
    return new Tensor(name, Element.REAL, Lifetime.STEP, BATCH, UNITS);
  }

  @Test
  void layersResultsOverOperandsThatNobodyReadsAgain() {
    Storage storage = Storage.of(List.of(activation), Set.of(), InPlace.ALL);
    assertThat(storage.owner(product)).isEqualTo(a);
    assertThat(storage.owner(z)).isEqualTo(a);
    assertThat(storage.owner(a)).isEqualTo(a);
  }

  @Test
  void keepsAnOperandThatIsReadLater() {
    Op later = new Op.Derivative(Activation.GELU, step("upstream"), z, step("delta"));
    Storage storage = Storage.of(List.of(activation, later), Set.of(), InPlace.ALL);
    assertThat(storage.owner(product)).isEqualTo(z);
    assertThat(storage.owner(z)).isEqualTo(z);
  }

  @Test
  void keepsAnOperandThatIsWanted() {
    Storage storage = Storage.of(List.of(activation), Set.of(z, product), InPlace.ALL);
    assertThat(List.of(product, z, a)).allSatisfy(t -> assertThat(storage.owner(t)).isEqualTo(t));
  }

  @Test
  void asksTheBackend() {
    Storage storage = Storage.of(List.of(activation), Set.of(), (op, result) -> !result.equals(a));
    assertThat(storage.owner(product)).isEqualTo(z);
    assertThat(storage.owner(z)).isEqualTo(z);
  }

  @Test
  void neverWritesOverWhatOutlivesTheStep() {
    Tensor state = new Tensor("state", Element.REAL, Lifetime.STATE, BATCH, UNITS);
    Op op = new Op.BiasActivation(Activation.TANH, state, bias, z, a);
    assertThat(Storage.of(List.of(op), Set.of(), InPlace.ALL).owner(state)).isEqualTo(state);
  }

  @Test
  void countsEachMemoryOnce() {
    Storage storage = Storage.of(List.of(activation), Set.of(), InPlace.ALL);
    assertThat(storage.bytes(Lifetime.STEP, Float.BYTES)).isEqualTo(33 * 7 * 4);
    assertThat(storage.bytes(Lifetime.STATE, Double.BYTES)).isEqualTo(7 * 8);
  }

  @Test
  void leavesOutWhatIsJoined() {
    Op first = new Op.Product(ProductForm.AB, step("x"), step("w"), product);
    Op joined = new Op.Fused(first, activation, product);
    Storage storage = Storage.of(List.of(joined), Set.of(), InPlace.ALL);
    assertThatThrownBy(() -> storage.owner(product)).hasMessageContaining("product");
    assertThat(storage.owner(z)).isEqualTo(a);
  }
}
