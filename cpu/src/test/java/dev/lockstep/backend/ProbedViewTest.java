package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.model.Activation;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import org.junit.jupiter.api.Test;

class ProbedViewTest {
  private static final Workload WORKLOAD = Samples.digits(Activation.TANH, 4, 0.1, 3);

  @Test
  void showsNoGradientOfAnEarlierStep() {
    try (Trainer trainer = Backends.find("scalar").orElseThrow().open(WORKLOAD, new Resources(1))) {
      ProbedView view = new ProbedView(trainer, WORKLOAD);
      Tensor gradient = view.program().gradients().values().iterator().next();
      view.keep();
      assertThat(view.part(gradient, Region.of(gradient)).size()).isEqualTo(gradient.size());
      trainer.run(1);
      assertThatThrownBy(() -> view.part(gradient, Region.of(gradient)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not kept");
    }
  }
}
