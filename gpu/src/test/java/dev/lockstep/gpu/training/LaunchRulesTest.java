package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Axis;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.Update;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Updates that may follow a product at once, on operations that no network has. */
final class LaunchRulesTest {
  private static final Axis UNITS = new Axis.Units(0, 7);
  private static final Tensor X = tensor("X", Lifetime.STEP);
  private static final Tensor W = tensor("W", Lifetime.STATE);
  private static final Tensor GRADIENT = tensor("gradient", Lifetime.STEP);
  private static final Op PRODUCT = new Op.Product(ProductForm.ATB, X, X, GRADIENT);
  private static final Schedule CONSTANT = new Schedule.Constant();

  private static Tensor tensor(String name, Lifetime lifetime) {
    return new Tensor(name, Element.REAL, lifetime, UNITS, UNITS);
  }

  private static Op update(Rule rule, float decay) {
    Tensor stopped = new Tensor("stopped", Element.FLAG, Lifetime.STATE, UNITS, UNITS);
    return new Op.Update(new Update(rule, 0.1f, decay), W, GRADIENT, List.of(), stopped);
  }

  private static LaunchRules rules(Products by, Rule rule, Schedule schedule) {
    return new LaunchRules(by, new Optimizer(rule, schedule, Map.of()));
  }

  @ParameterizedTest
  @EnumSource
  void ofPlainDescentAlone(Products by) {
    Rule sgd = new Rule.Sgd();
    Rule momentum = new Rule.Momentum(0.9f);
    assertThat(rules(by, sgd, CONSTANT).join(PRODUCT, update(sgd, 0))).isTrue();
    assertThat(rules(by, sgd, CONSTANT).join(PRODUCT, update(sgd, 0.1f))).isFalse();
    assertThat(rules(by, momentum, CONSTANT).join(PRODUCT, update(momentum, 0))).isFalse();
    assertThat(rules(by, sgd, new Schedule.Cosine(30)).join(PRODUCT, update(sgd, 0))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void notOfWhatTheProductReads(Products by) {
    Rule sgd = new Rule.Sgd();
    for (Op product :
        List.of(
            new Op.Product(ProductForm.AB, W, X, GRADIENT),
            new Op.Product(ProductForm.ABT, X, W, GRADIENT))) {
      assertThat(rules(by, sgd, CONSTANT).join(product, update(sgd, 0))).isFalse();
    }
  }
}
