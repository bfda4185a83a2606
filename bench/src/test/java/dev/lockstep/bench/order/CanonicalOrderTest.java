package dev.lockstep.bench.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seen from outside, exact backends add every element in one ascending chain of fma, also at sizes
 * that no tile divides.
 */
final class CanonicalOrderTest {

  private static final List<int[]> SHAPES =
      List.of(
          new int[] {1, 1021, 7},
          new int[] {1021, 1, 33},
          new int[] {7, 33, 1021},
          new int[] {33, 7, 250},
          new int[] {129, 250, 1},
          new int[] {250, 129, 7},
          new int[] {33, 33, 129},
          new int[] {1, 1, 250});

  @ParameterizedTest
  @CsvSource({"scalar, 1", "vector, 1", "vector, 2"})
  void isOneAscendingChainOfFma(String name, int threads) {
    Resources resources = new Resources(threads);
    OrderJudge judge =
        new OrderJudge(Candidate.of(Backends.named("test", name), resources), resources);
    for (ProductForm form : ProductForm.values()) {
      for (int[] shape : SHAPES) {
        ProductOrder order =
            judge.judge(
                new ProductShape(form, shape[0], shape[1], shape[2]),
                ProbeLimit.ofProducts(10_000));
        assertThat(order.verdict()).as(order.title() + order.reason()).isEqualTo(Verdict.AGREES);
        assertThat(order.trees())
            .singleElement()
            .satisfies(
                tree -> assertThat(tree.tree()).isEqualTo(AdditionTree.canonical(order.k())));
      }
    }
  }
}
