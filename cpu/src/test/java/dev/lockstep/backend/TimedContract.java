package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Region;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is timed is what is computed elsewhere, and it is computed when it is timed. */
abstract class TimedContract {
  private static final Resources TWO_THREADS = new Resources(2);

  private final Subject subject;

  TimedContract(Subject subject) {
    this.subject = subject;
  }

  @Test
  void timedStepsAreSteps() {
    Workload workload = Samples.digits(Activation.TANH, 33, 0.1, 33, 7, 129);
    Work.Step work = new Work.Step(workload, Work.Submission.GRAPH);
    try (Timed.Steps timed = subject.backend().timed(work, TWO_THREADS);
        Trainer other = subject.open(workload, 2)) {
      assertThat(timed.run(3).wall()).isPositive();
      other.run(3);
      assertThat(timed.trainer().step()).isEqualTo(3);
      Subject.sameBits(3, other.parameters(), timed.trainer().parameters());
    }
  }

  @ParameterizedTest
  @EnumSource
  void timedProductsAreProducts(ProductForm form) {
    SingleOp single = SingleOp.product(new ProductShape(form, 33, 7, 17));
    List<Matrix> operands = operands(single);
    Work.Product work = new Work.Product(form, operands.getFirst(), operands.getLast());
    if (subject.backend().times(Work.Product.class)) {
      try (Operations operations = subject.operations(2)) {
        Matrix expected = operations.product(form, operands.getFirst(), operands.getLast());
        leaves(work, single, Map.of(), List.of(expected));
      }
    }
  }

  static Stream<SingleOp> operations() {
    Rule adam = new Rule.Adam(0.9f, 0.999f, 1e-8f);
    return Stream.concat(
        Stream.of(Activation.values()).flatMap(TimedContract::ofActivation),
        Stream.of(
            SingleOp.columnSums(33, 7),
            SingleOp.loss(Loss.CROSS_ENTROPY, 33, 7),
            SingleOp.loss(Loss.SQUARED_ERROR, 33, 7),
            SingleOp.update(Update.sgd(0.1f), 33, 7),
            SingleOp.update(new Update(adam, 0.1f, 0.01f, 10), 33, 7)));
  }

  /** What dA becomes by the slope of the identity is dA. */
  private static Stream<SingleOp> ofActivation(Activation activation) {
    SingleOp forward = SingleOp.activation(activation, 33, 7);
    return activation == Activation.IDENTITY
        ? Stream.of(forward)
        : Stream.of(forward, SingleOp.derivative(activation, 33, 7));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void timedOperationsAreOperations(SingleOp single) {
    Map<Tensor, Matrix> operands = single.operands(operands(single));
    Work.Operation work = new Work.Operation(single, operands, Work.CacheState.WARM);
    if (subject.backend().times(Work.Operation.class)) {
      try (Timed.Tensors scalar = new ScalarBackend().timed(work, new Resources(1))) {
        scalar.run(1);
        leaves(work, single, operands, results(single, scalar));
      }
    }
  }

  /** Twice, since most overwrite what they read. */
  private void leaves(
      Work.OnTensors work,
      SingleOp single,
      Map<Tensor, Matrix> operands,
      List<? extends Matrix> expected) {
    try (Timed.Tensors timed = subject.backend().timed(work, TWO_THREADS)) {
      for (int i = 1; i <= 2; i++) {
        timed.load(operands);
        assertThat(results(single, timed).getLast().firstDifference(expected.getLast()))
            .as("%s before it is computed", single.op().label())
            .isNotNegative();
        timed.run(1);
        List<Matrix> actual = results(single, timed);
        for (int r = 0; r < expected.size(); r++) {
          Subject.sameBits(single.results().get(r).name(), expected.get(r), actual.get(r));
        }
      }
    }
  }

  private static List<Matrix> results(SingleOp single, Timed.Tensors timed) {
    return single.results().stream()
        .<Matrix>map(result -> timed.part(0, result, Region.of(result)))
        .toList();
  }

  /** Numbers of both signs, but for labels and what Adam keeps of squares. */
  private static List<Matrix> operands(SingleOp single) {
    List<Matrix> operands = new ArrayList<>();
    for (Tensor tensor : single.operands()) {
      int rows = tensor.rows().size();
      int columns = tensor.columns().size();
      operands.add(
          tensor.element() == Tensor.Element.INTEGER
              ? new DrawnMatrix(rows, columns, (i, j) -> j % 7)
              : tensor.name().startsWith("moment")
                  ? Samples.filled(rows, columns, 0.25f)
                  : Samples.ordinary(operands.size(), rows, columns));
    }
    return operands;
  }
}
