package dev.lockstep.bench.cases;

import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A step split into its operations, each as a case that is measured alone. Left out are those that
 * cannot be: the gathering of rows, the test whether to stop, and the derivative of the identity.
 *
 * @param step a case of {@link Harness#STEP}
 * @param parts how often the step runs each operation, in the order of its first run
 */
public record StepSplit(Case step, Map<Case, Integer> parts) {

  /** The most parts of a step, however deep: its inner layers have the same. */
  public static final int MOST_PARTS = 20;

  /** Copies the map. */
  public StepSplit {
    parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
  }

  /** Splits a step. */
  public static StepSplit of(Case step) {
    Network network =
        new Network(
            Harness.INPUTS,
            Collections.nCopies(step.number(Axis.DEPTH), step.number(Axis.WIDTH)),
            Labelled.of(Activation.class, "step", step.axis(Axis.ACTIVATION).orElseThrow()),
            Harness.CLASSES);
    StepProgram program =
        StepProgram.training(
            network,
            Loss.CROSS_ENTROPY,
            Learning.sgd(new LearningRate.Uniform(1)).optimizer(network),
            UnitNoise.none(),
            step.number(Axis.BATCH));
    Map<Case, Integer> parts = new LinkedHashMap<>();
    for (Op op : program.ops()) {
      part(step, op).ifPresent(part -> parts.merge(part, 1, Integer::sum));
    }
    return new StepSplit(step, parts);
  }

  private static Optional<Case> part(Case step, Op op) {
    return switch (op) {
      case Op.Product product -> Optional.of(product(step, product.shape()));
      case Op.BiasActivation call -> elementwise(step, call.activation().label(), call.product());
      case Op.Derivative derivative ->
          elementwise(step, derivative.activation().label() + "-derivative", derivative.upstream());
      case Op.ColumnSums sums ->
          elementwise(step, ElementwiseKind.COLUMN_SUMS.label(), sums.delta());
      case Op.Loss loss -> elementwise(step, loss.loss().label(), loss.outputs());
      case Op.Update update ->
          elementwise(step, ElementwiseKind.SGD.label(), update.writes().getFirst());
      default -> Optional.empty();
    };
  }

  /** Returns the first product of a step, which tells cheaply whether it may have been split. */
  public static Case firstProduct(Case step) {
    return product(
        step,
        new ProductShape(
            ProductForm.AB, step.number(Axis.BATCH), step.number(Axis.WIDTH), Harness.INPUTS));
  }

  private static Case product(Case step, ProductShape shape) {
    return of(
        Harness.PRODUCT,
        step,
        Map.of(
            Axis.SHAPE,
            shape.m() + "x" + shape.n() + "x" + shape.k(),
            Axis.FORM,
            shape.form().name()));
  }

  /** Returns the operation on a tensor's size; empty if it is none that is measured. */
  private static Optional<Case> elementwise(Case step, String operation, Tensor of) {
    return Arrays.stream(ElementwiseKind.values())
        .map(ElementwiseKind::label)
        .filter(operation::equals)
        .findFirst()
        .map(
            label ->
                of(
                    Harness.ELEMENTWISE,
                    step,
                    Map.of(
                        Axis.OPERATION,
                        label,
                        Axis.BATCH,
                        String.valueOf(of.rows().size()),
                        Axis.WIDTH,
                        String.valueOf(of.columns().size()),
                        Axis.CACHE,
                        Work.CacheState.WARM.label())));
  }

  /** Makes a case of an operation's own axes and the step's backend, threads and build. */
  private static Case of(Harness harness, Case step, Map<String, String> own) {
    Map<String, String> values = new LinkedHashMap<>(step.axes());
    values.putAll(own);
    Case of = harness.of(values);
    return step.axis(Axis.BUILD).map(build -> of.with(Axis.BUILD, build)).orElse(of);
  }
}
