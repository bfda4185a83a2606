package dev.lockstep.bench.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step is split into. */
final class StepSplitTest {

  private static Case step(int depth, String activation) {
    return Harness.STEP.of(
        Map.of(
            "backend", "vector",
            "width", "33",
            "depth", String.valueOf(depth),
            "batch", "7",
            "activation", activation,
            "init", "random",
            "threads", "2"));
  }

  @Test
  void aStepOfOneHiddenLayer() {
    Map<String, Integer> parts = new HashMap<>();
    StepSplit.of(step(1, "relu")).parts().forEach((of, count) -> parts.put(of.toString(), count));
    String product = "product backend=vector shape=";
    String elementwise = "elementwise backend=vector operation=";
    assertThat(parts)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry(product + "7x33x784 form=AB threads=2", 1),
                Map.entry(product + "7x10x33 form=AB threads=2", 1),
                Map.entry(product + "7x33x10 form=ABT threads=2", 1),
                Map.entry(product + "784x33x7 form=ATB threads=2", 1),
                Map.entry(product + "33x10x7 form=ATB threads=2", 1),
                Map.entry(elementwise + "relu batch=7 width=33 threads=2 cache=warm", 1),
                Map.entry(elementwise + "identity batch=7 width=10 threads=2 cache=warm", 1),
                Map.entry(elementwise + "cross-entropy batch=7 width=10 threads=2 cache=warm", 1),
                Map.entry(elementwise + "relu-derivative batch=7 width=33 threads=2 cache=warm", 1),
                Map.entry(elementwise + "column-sums batch=7 width=33 threads=2 cache=warm", 1),
                Map.entry(elementwise + "column-sums batch=7 width=10 threads=2 cache=warm", 1),
                Map.entry(elementwise + "sgd batch=784 width=33 threads=2 cache=warm", 1),
                Map.entry(elementwise + "sgd batch=33 width=10 threads=2 cache=warm", 1),
                Map.entry(elementwise + "sgd batch=1 width=33 threads=2 cache=warm", 1),
                Map.entry(elementwise + "sgd batch=1 width=10 threads=2 cache=warm", 1)));
  }

  /** The formula of a step's operations counts the same products. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void theProductsAreAllThatAStepCounts(int depth) {
    Case step = step(depth, "gelu");
    double flops = 0;
    for (Map.Entry<Case, Integer> part : StepSplit.of(step).parts().entrySet()) {
      if (part.getKey().harness().equals(Harness.PRODUCT.label())) {
        flops += part.getValue() * Harness.PRODUCT.flops(part.getKey());
      }
    }
    assertThat(flops).isCloseTo(Harness.STEP.flops(step), within(0.5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 20})
  void deeperStepsHaveNoMoreParts(int depth) {
    assertThat(StepSplit.of(step(depth, "sigmoid")).parts().size())
        .isLessThanOrEqualTo(StepSplit.MOST_PARTS);
  }

  @Test
  void everyPartIsACaseThatAFileMayHave() {
    StepSplit split = StepSplit.of(step(3, "identity").with(Axis.BUILD, Axis.OTHER_BUILD));
    assertThat(split.parts()).containsKey(StepSplit.firstProduct(split.step()));
    for (Case part : split.parts().keySet()) {
      assertThat(Harness.read("test", part.harness(), part.axes())).isEqualTo(part);
      assertThat(part.axis(Axis.BUILD)).hasValue(Axis.OTHER_BUILD);
    }
  }
}
