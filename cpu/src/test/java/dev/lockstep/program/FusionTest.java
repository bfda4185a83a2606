package dev.lockstep.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Axis;
import dev.lockstep.model.Axis.Batch;
import dev.lockstep.model.Axis.One;
import dev.lockstep.model.Axis.Units;
import dev.lockstep.model.Update;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which pairs may be joined, on made-up lists: the list of a network has no illegal pair. */
final class FusionTest {
  private static final Axis UNITS = new Units(0, 7);
  private static final Axis BATCH = new Batch(7);
  private static final Axis ONE = new One();

  private final Tensor x = step("x");
  private final Tensor delta = step("delta");
  private final Tensor gradient = step("gradient");
  private final Tensor w = new Tensor("W", Element.REAL, Lifetime.STATE, BATCH, UNITS);
  private final Tensor flag = new Tensor("flag", Element.FLAG, Lifetime.STATE, ONE, ONE);

  private final Op product = new Op.Product(ProductForm.ATB, x, delta, gradient);
  private final Op update = new Op.Update(Update.sgd(1), w, gradient, List.of(), flag);

  /** Reads W and nothing of the pair. */
  private final Op readsOld = new Op.Product(ProductForm.ABT, delta, w, step("below"));

  private static Tensor step(String name) {
    return new Tensor(name, Element.REAL, Lifetime.STEP, BATCH, UNITS);
  }

  private static boolean all(Op first, Op second) {
    return true;
  }

  private List<Op> fused(Op... ops) {
    return Fusion.apply(List.of(ops), Set.of(), FusionTest::all);
  }

  @Test
  void joinsNeighbours() {
    assertThat(fused(product, update)).containsExactly(new Op.Fused(product, update, gradient));
  }

  @Test
  void waitsForTheLastReaderOfTheOldParameter() {
    assertThat(fused(product, readsOld, update))
        .containsExactly(readsOld, new Op.Fused(product, update, gradient));
  }

  @Test
  void joinsNothingAcrossAnOperationThatBothDependOn() {
    Op overwrites = new Op.ColumnSums(w, x);
    // It writes what the product reads, and reads what the update writes.
    assertThat(fused(product, overwrites, update)).containsExactly(product, overwrites, update);
  }

  @Test
  void keepsATensorThatSomebodyElseReads() {
    Op other = new Op.ColumnSums(gradient, step("sums"));
    assertThat(fused(product, update, other)).containsExactly(product, update, other);
  }

  @Test
  void keepsATensorThatIsWanted() {
    List<Op> ops = List.of(product, update);
    assertThat(Fusion.apply(ops, Set.of(gradient), FusionTest::all)).isEqualTo(ops);
  }

  @Test
  void keepsATensorThatOutlivesTheStep() {
    Tensor state = new Tensor("gradient", Element.REAL, Lifetime.STATE, BATCH, UNITS);
    Op first = new Op.Product(ProductForm.ATB, x, delta, state);
    Op second = new Op.Update(Update.sgd(1), w, state, List.of(), flag);
    assertThat(fused(first, second)).containsExactly(first, second);
  }

  @Test
  void asksTheBackend() {
    List<Op> ops = List.of(product, update);
    assertThat(Fusion.apply(ops, Set.of(), Fusion.Rules.NONE)).isEqualTo(ops);
  }

  @Test
  void neverReadsATensorBeforeItIsWritten() {
    assertThat(fused(update, product)).containsExactly(update, product);
  }
}
