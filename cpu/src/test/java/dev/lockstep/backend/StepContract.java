package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single steps as a probe shows them. */
abstract class StepContract {

  private final Subject subject;

  StepContract(Subject subject) {
    this.subject = subject;
  }

  /** Every number of a step follows from the one before it by the operations. */
  @ParameterizedTest
  @EnumSource
  void aStepIsMadeOfTheOperations(Activation activation) {
    Workload workload = Samples.digits(activation, 33, 0.1, 33, 7, 129);
    try (Trainer trainer = subject.open(workload, 2);
        Operations products = subject.operations(2);
        Operations elementary = subject.elementary()) {
      for (int step = 0; step < 3; step++) {
        Parameters before = trainer.parameters();
        Probe probe = trainer.probe();
        forwardFollows(workload, step, before, probe, products, elementary);
        backwardFollows(workload, step, before, probe, products, elementary);
        updateFollows(workload, before, probe, trainer.parameters());
      }
    }
  }

  private void forwardFollows(
      Workload workload,
      int step,
      Parameters before,
      Probe probe,
      Operations products,
      Operations elementary) {
    Network network = workload.network();
    Matrix below = subject.own(workload.rowsOf(step));
    for (int l = 0; l < network.depth() + 1; l++) {
      Matrix w = before.weights(l);
      Matrix b = before.bias(l);
      Matrix z = subject.productInStep(products, ProductForm.AB, below, w);
      Matrix expected = elementary.activate(network.activation(l), z, b);
      Matrix magnitude =
          NaiveArithmetic.BINARY64.activate(
              Activation.IDENTITY,
              Subject.productMagnitude(ProductForm.AB, below, w),
              NaiveArithmetic.magnitude(b));
      below = probe.activations().get(l);
      subject.agree(
          "activations of layer " + (l + 1), expected, below, magnitude, network.in(l) + 2);
    }
    Operations.RowLosses end =
        elementary.loss(workload.loss(), below, Samples.labels(workload, step));
    double sum = 0;
    for (int i = 0; i < workload.batch(); i++) {
      sum += end.rowLoss().value(i);
    }
    // Logits here are small, so the loss of a row is a few units and the bound of one operation on
    // a number of size 8 times the classes is ample.
    double magnitude = 8;
    Matrix ones = new DoubleMatrix(1, 1, new double[] {magnitude});
    subject.agree(
        "loss",
        new DoubleMatrix(1, 1, new double[] {sum / workload.batch()}),
        new DoubleMatrix(1, 1, new double[] {probe.loss()}),
        ones,
        network.outputs());
    double[] scale = new double[end.delta().size()];
    Arrays.fill(scale, magnitude / workload.batch());
    subject.agree(
        "delta of the output",
        end.delta(),
        probe.deltas().getLast(),
        new DoubleMatrix(end.delta().rows(), end.delta().columns(), scale),
        network.outputs());
  }

  /** What a layer's activation was given. */
  private Matrix inputOf(
      int l,
      Workload workload,
      int step,
      Parameters before,
      Probe probe,
      Operations products,
      Operations elementary) {
    Matrix below = l == 0 ? subject.own(workload.rowsOf(step)) : probe.activations().get(l - 1);
    Matrix z = subject.productInStep(products, ProductForm.AB, below, before.weights(l));
    return elementary.activate(Activation.IDENTITY, z, before.bias(l));
  }

  private void backwardFollows(
      Workload workload,
      int step,
      Parameters before,
      Probe probe,
      Operations products,
      Operations elementary) {
    Network network = workload.network();
    for (int l = network.depth(); l >= 0; l--) {
      Matrix delta = probe.deltas().get(l);
      Matrix below = l == 0 ? subject.own(workload.rowsOf(step)) : probe.activations().get(l - 1);
      subject.agree(
          "gradient of W" + (l + 1),
          subject.productInStep(products, ProductForm.ATB, below, delta),
          probe.gradients().weights(l),
          Subject.productMagnitude(ProductForm.ATB, below, delta),
          workload.batch());
      subject.agree(
          "gradient of b" + (l + 1),
          subject.naive().columnSums(delta),
          probe.gradients().bias(l),
          NaiveArithmetic.BINARY64.columnSums(NaiveArithmetic.magnitude(delta)),
          workload.batch());
      if (l > 0) {
        Matrix w = before.weights(l);
        Matrix upstream = subject.productInStep(products, ProductForm.ABT, delta, w);
        Activation activation = network.activation(l - 1);
        if (activation.keepsInput()) {
          Matrix kept = inputOf(l - 1, workload, step, before, probe, products, elementary);
          subject.agree(
              "delta of layer " + l,
              elementary.derivative(activation, upstream, kept),
              probe.deltas().get(l - 1),
              NaiveArithmetic.slopeMagnitude(
                  activation, Subject.productMagnitude(ProductForm.ABT, delta, w), kept),
              network.out(l) + network.in(l - 1) + 16);
        } else {
          subject.agree(
              "delta of layer " + l,
              subject.naive().derivative(activation, upstream, below),
              probe.deltas().get(l - 1),
              Subject.productMagnitude(ProductForm.ABT, delta, w),
              network.out(l) + 2);
        }
      }
    }
  }

  private void updateFollows(Workload workload, Parameters before, Probe probe, Parameters after) {
    for (Parameters.Entry entry : before.entries()) {
      String name = entry.name();
      updateFollows(
          name,
          entry.matrix(),
          probe.gradients().get(name),
          workload.optimizer().of(name).rate(),
          after.get(name));
    }
  }

  private void updateFollows(String what, Matrix w, Matrix g, float rate, Matrix after) {
    Matrix magnitude =
        NaiveArithmetic.BINARY64
            .update(
                Update.sgd(-rate),
                NaiveArithmetic.magnitude(w),
                NaiveArithmetic.magnitude(g),
                List.of())
            .weights();
    Matrix expected = subject.naive().update(Update.sgd(rate), w, g, List.of()).weights();
    subject.agree(what + " after the step", expected, after, magnitude, 1);
  }

  @ParameterizedTest
  @EnumSource
  void aProbeHasTheBitsOfARun(Activation activation) {
    for (int batch : new int[] {1, 33}) {
      Workload workload = Samples.digits(activation, batch, 0.1, 129, 33);
      try (Trainer running = subject.open(workload, 2);
          Trainer probed = subject.open(workload, 2)) {
        for (int step = 0; step < 4; step++) {
          double loss = running.run(1)[0];
          assertThat(probed.probe().loss()).as("loss of step %d", step).isEqualTo(loss);
          Subject.sameBits(step + 1, running.parameters(), probed.parameters());
        }
        assertThat(probed.step()).isEqualTo(4).isEqualTo(running.step());
      }
    }
  }
}
