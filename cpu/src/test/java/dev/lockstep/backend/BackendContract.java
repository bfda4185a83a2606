package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.StepBound;
import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Activation;
import dev.lockstep.model.DoubleMatrix;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every backend owes, whoever made it. To put a backend under it: a subclass that names it.
 *
 * <p>An exact backend is compared bit for bit, with {@link NaiveArithmetic} and with {@code
 * scalar}; only the elementary functions, of which there is one definition, are held against {@code
 * scalar} alone for their bits.
 *
 * <p>The others are compared with the same operations in binary64. With unit roundoff u (2^-53 for
 * the oracle, 2^-24 for a library) an inner product of k terms, in any order, fused or not, is off
 * by at most k u / (1 - k u) times the sum of |a||b| (Higham, "Accuracy and Stability of Numerical
 * Algorithms", 2nd ed., section 3.1). What is expected may itself be off by as much in binary64.
 * Hence {@code 2 (k + 4) u} times that sum is allowed; the 4 covers the operations around a product
 * and elementary functions of up to 2 ulp.
 */
public abstract class BackendContract {

  private static final int[] SIZES = {1, 7, 33, 129, 250};
  private static final int[] DEPTHS = {0, 1, 7, 33, 129, 250};
  private static final int[] THREADS = {1, 2, 3};

  private final Backend scalar = new ScalarBackend();

  /** What is tested. */
  protected abstract Backend backend();

  @BeforeEach
  final void requireAvailable() {
    Availability availability = backend().availability();
    Assumptions.assumeTrue(
        availability instanceof Availability.Available, () -> "skipped: " + availability);
  }

  // Operations

  @ParameterizedTest
  @EnumSource
  public void productsAtAwkwardSizes(ProductForm form) {
    try (Operations operations = operations(2)) {
      for (int m : SIZES) {
        for (int n : SIZES) {
          // All depths at the small sizes, one that leaves a tail at the large.
          for (int k : m * n <= 33 * 129 ? DEPTHS : new int[] {33}) {
            product(operations, form, m, n, k);
          }
        }
      }
      product(operations, form, 7, 1021, 250);
    }
  }

  private void product(Operations operations, ProductForm form, int m, int n, int k) {
    long seed = 31L * (31L * m + n) + k;
    FloatMatrix a =
        form == ProductForm.ATB ? Samples.ordinary(seed, k, m) : Samples.ordinary(seed, m, k);
    FloatMatrix b =
        form == ProductForm.ABT ? Samples.ordinary(~seed, n, k) : Samples.ordinary(~seed, k, n);
    product(operations, form, own(a), own(b));
  }

  private void product(Operations operations, ProductForm form, Matrix a, Matrix b) {
    Matrix actual = operations.product(form, a, b);
    String what = "%s of %s and %s".formatted(form, a.shape(), b.shape());
    int k = form == ProductForm.ATB ? a.rows() : a.columns();
    agree(what, naive().product(form, a, b), actual, productMagnitude(form, a, b), k);
    if (exact()) {
      try (Operations reference = scalar.operations(new Resources(1))) {
        sameBits(what + ", by scalar", reference.product(form, a, b), actual);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  public void productsOfSubnormals(ProductForm form) {
    try (Operations operations = operations(1)) {
      // Products near 2^-134 are subnormal; at 2^-76 each, most underflow to a zero of some sign.
      for (float scale : new float[] {0x1p-67f, 0x1p-76f}) {
        product(
            operations,
            form,
            own(Samples.scaled(1, 33, 33, scale)),
            own(Samples.scaled(2, 33, 33, scale)));
      }
    }
  }

  /**
   * An accumulator that has underflowed to -0 turns +0 when the next term is 0 times 0, and stays
   * -0 when it is not there: padding shows here.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65})
  public void accumulatorOfMinusZero(int k) {
    try (Operations operations = operations(1)) {
      for (ProductForm form : ProductForm.values()) {
        for (int zeros = 0; zeros <= Math.min(1, k - 1); zeros++) {
          int m = 7;
          int n = 33;
          FloatMatrix a = Samples.filled(m, k, 0x1p-100f);
          FloatMatrix b = Samples.filled(k, n, -0x1p-100f);
          for (int j = 0; j < zeros * n; j++) {
            b.data()[(k - 1) * n + j] = 0f;
          }
          if (zeros == 1) {
            for (int i = 0; i < m; i++) {
              a.data()[i * k + k - 1] = 0f;
            }
          }
          product(
              operations,
              form,
              own(form == ProductForm.ATB ? transposed(a) : a),
              own(form == ProductForm.ABT ? transposed(b) : b));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  public void productsKeepInfinitiesAndNans(ProductForm form) {
    try (Operations operations = operations(1)) {
      for (int k : new int[] {1, 2, 7, 33}) {
        FloatMatrix a = Samples.ordinary(k, 33, k);
        FloatMatrix b = Samples.ordinary(k + 1, k, 33);
        a.data()[0] = Float.POSITIVE_INFINITY;
        a.data()[k] = Float.NaN;
        b.data()[0] = 0f;
        b.data()[32] = Float.NEGATIVE_INFINITY;
        Matrix left = own(form == ProductForm.ATB ? transposed(a) : a);
        Matrix right = own(form == ProductForm.ABT ? transposed(b) : b);
        product(operations, form, left, right);
        assertThat(operations.product(form, left, right).value(0)).as("infinity times 0").isNaN();
      }
      if (exact()) {
        product(operations, form, own(Samples.special(3, 33, 33)), own(Samples.special(4, 33, 33)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  public void activations(Activation activation) {
    try (Operations operations = operations(2)) {
      for (int columns = 1; columns <= 33; columns++) {
        FloatMatrix bias = Samples.ordinary(columns, 1, columns);
        activate(operations, activation, Samples.scaled(columns, 3, columns, 4), bias);
        activate(operations, activation, Samples.onlySpecial(13, columns), bias);
        activate(
            operations,
            activation,
            Samples.onlySpecial(13, columns),
            Samples.filled(1, columns, -0f));
      }
      for (int columns : new int[] {129, 250, 1021}) {
        activate(
            operations,
            activation,
            Samples.scaled(columns, 33, columns, 4),
            Samples.ordinary(columns, 1, columns));
      }
    }
  }

  private void activate(
      Operations operations, Activation activation, FloatMatrix z, FloatMatrix bias) {
    Matrix zs = own(z);
    Matrix biases = own(bias);
    Matrix actual = operations.activate(activation, zs, biases);
    String what = activation + " of " + z.shape();
    // The derivative of each is at most 1, so what the sum's rounding costs is at most |z| + |b|.
    Matrix sum =
        NaiveArithmetic.BINARY64.activate(
            Activation.IDENTITY, NaiveArithmetic.magnitude(zs), NaiveArithmetic.magnitude(biases));
    if (exact()) {
      try (Operations reference = scalar.operations(new Resources(1))) {
        sameBits(what + ", by scalar", reference.activate(activation, z, bias), actual);
      }
    }
    if (exact() && activation != Activation.TANH) {
      sameBits(what, NaiveArithmetic.BINARY32.activate(activation, z, bias), actual);
    } else {
      close(what, naive().activate(activation, zs, biases), actual, sum, 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  public void derivatives(Activation activation) {
    try (Operations operations = operations(2)) {
      for (int columns = 1; columns <= 33; columns++) {
        derivative(
            operations,
            activation,
            Samples.ordinary(columns, 13, columns),
            Samples.ordinary(~columns, 13, columns));
        derivative(
            operations,
            activation,
            Samples.ordinary(columns, 13, columns),
            Samples.onlySpecial(13, columns));
        derivative(
            operations,
            activation,
            Samples.onlySpecial(13, columns),
            Samples.ordinary(columns, 13, columns));
      }
      derivative(
          operations, activation, Samples.ordinary(1, 33, 250), Samples.ordinary(2, 33, 250));
    }
  }

  private void derivative(
      Operations operations, Activation activation, FloatMatrix upstream, FloatMatrix a) {
    Matrix up = own(upstream);
    Matrix as = own(a);
    Matrix actual = operations.derivative(activation, up, as);
    String what = "derivative of " + activation + ", " + a.shape();
    // 1 - a a loses at most u (1 + a a) before the multiplication; |a| <= 1 where it is finite.
    agree(what, naive().derivative(activation, up, as), actual, NaiveArithmetic.magnitude(up), 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33})
  public void crossEntropy(int rows) {
    for (int classes : new int[] {2, 3, 7, 10, 33}) {
      int[] labels = new int[rows];
      for (int i = 0; i < rows; i++) {
        labels[i] = (i * 5 + 1) % classes;
      }
      crossEntropy(Samples.scaled(rows, rows, classes, 8), labels);
      crossEntropy(Samples.scaled(rows, rows, classes, 1000), labels);
      crossEntropy(Samples.scaled(rows, rows, classes, 1e38f), labels);
      crossEntropy(Samples.filled(rows, classes, 0.7f), labels);
      crossEntropy(Samples.filled(rows, classes, -0f), labels);
      if (exact()) {
        crossEntropy(Samples.special(rows, rows, classes), labels);
      }
    }
  }

  private void crossEntropy(FloatMatrix logits, int[] labels) {
    String what = "cross-entropy of " + logits.shape();
    int rows = logits.rows();
    int classes = logits.columns();
    try (Operations operations = operations(2);
        Operations reference = scalar.operations(new Resources(1))) {
      Operations.CrossEntropy actual = operations.crossEntropy(own(logits), labels);
      if (exact()) {
        Operations.CrossEntropy expected = reference.crossEntropy(logits, labels);
        sameBits(what + ", row loss", expected.rowLoss(), actual.rowLoss());
        sameBits(what + ", delta", expected.delta(), actual.delta());
      }
      for (int i = 0; i < rows; i++) {
        crossEntropyRow(what, logits, labels[i], i, actual);
      }
      assertThat(actual.delta().shape()).isEqualTo(rows + " x " + classes);
    }
  }

  /**
   * One row against the definition in binary64. z - m is off by u |z - m|, so exp by that relative
   * to itself plus 2 ulp; its largest value times that is below (1/e + 4) u since x exp(-x) <= 1/e.
   * The sum adds the number of classes; the share of one class at most doubles it, and log of the
   * sum, at least 0, turns relative into absolute error. Rounding u times the range is added to the
   * loss, of which z_y - m is a part.
   */
  private void crossEntropyRow(
      String what, FloatMatrix logits, int label, int row, Operations.CrossEntropy actual) {
    int classes = logits.columns();
    double max = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      double z = logits.value(row * classes + c);
      if (!Double.isFinite(z)) {
        return; // only the bits of exact backends are compared there
      }
      max = Math.max(max, z);
      least = Math.min(least, z);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits.value(row * classes + c) - max);
    }
    double loss = Math.log(sum) - (logits.value(row * classes + label) - max);
    double relative = 4 * (classes + 8) * unit();
    assertThat(actual.rowLoss().value(row))
        .as("%s, loss of row %d", what, row)
        .isCloseTo(
            loss, org.assertj.core.data.Offset.offset(relative + 4 * unit() * (max - least)));
    for (int c = 0; c < classes; c++) {
      double p = Math.exp(logits.value(row * classes + c) - max) / sum;
      double delta = (p - (c == label ? 1 : 0)) / logits.rows();
      assertThat(actual.delta().value(row * classes + c))
          .as("%s, delta of row %d, class %d", what, row, c)
          .isCloseTo(delta, org.assertj.core.data.Offset.offset(relative / logits.rows()));
    }
  }

  @Test
  public void columnSumsAscend() {
    try (Operations operations = operations(3)) {
      for (int rows : new int[] {1, 7, 33, 250}) {
        for (int columns : new int[] {1, 7, 10, 33, 129}) {
          Matrix delta = own(Samples.ordinary(rows, rows, columns));
          agree(
              "column sums of " + delta.shape(),
              naive().columnSums(delta),
              operations.columnSums(delta),
              naive().columnSums(NaiveArithmetic.magnitude(delta)),
              rows);
        }
      }
      // Only the ascending order loses the small terms: 1e8 + 1 - 1e8 is 0, not 1.
      if (exact()) {
        Matrix delta = new FloatMatrix(3, 1, new float[] {1e8f, 1f, -1e8f});
        assertThat(operations.columnSums(delta).value(0)).isZero();
        Matrix minusZero = Samples.filled(3, 7, -0f);
        sameBits("from +0", new FloatMatrix(1, 7), operations.columnSums(minusZero));
      }
    }
  }

  @Test
  public void sgdIsFused() {
    try (Operations operations = operations(2)) {
      for (int columns = 1; columns <= 33; columns++) {
        Matrix w = own(Samples.ordinary(columns, 7, columns));
        Matrix g = own(Samples.ordinary(~columns, 7, columns));
        agree(
            "sgd of " + w.shape(),
            naive().sgd(w, g, 0.1f),
            operations.sgd(w, g, 0.1f),
            naive().sgd(NaiveArithmetic.magnitude(w), NaiveArithmetic.magnitude(g), -0.1f),
            1);
      }
      if (exact()) {
        FloatMatrix w = Samples.special(5, 33, 33);
        FloatMatrix g = Samples.special(6, 33, 33);
        sameBits(
            "sgd of special values",
            NaiveArithmetic.BINARY32.sgd(w, g, 0.1f),
            operations.sgd(w, g, 0.1f));
      }
    }
  }

  @Test
  public void argumentsAreLeftAlone() {
    try (Operations operations = operations(2)) {
      Matrix z = own(Samples.ordinary(1, 7, 7));
      Matrix b = own(Samples.ordinary(2, 1, 7));
      Matrix zBefore = z.copy();
      Matrix bBefore = b.copy();
      operations.product(ProductForm.AB, z, z);
      operations.activate(Activation.RELU, z, b);
      operations.derivative(Activation.RELU, z, z);
      operations.crossEntropy(z, new int[7]);
      operations.columnSums(z);
      operations.sgd(z, z, 1f);
      sameBits("z", zBefore, z);
      sameBits("b", bBefore, b);
    }
  }

  // Training

  /** Every number of a step follows from the one before it by the operations. */
  @ParameterizedTest
  @EnumSource
  public void aStepIsMadeOfTheOperations(Activation activation) {
    Workload workload = Samples.digits(activation, 33, 0.1, 33, 7, 129);
    try (Trainer trainer = open(workload, 2);
        Operations elementary = elementary()) {
      for (int step = 0; step < 3; step++) {
        Parameters before = trainer.parameters();
        Probe probe = trainer.probe();
        forwardFollows(workload, step, before, probe, elementary);
        backwardFollows(workload, step, before, probe);
        updateFollows(workload, before, probe, trainer.parameters());
      }
    }
  }

  /** Where the elementary functions of a step come from. */
  private Operations elementary() {
    return (backend().kind() == Kind.EXACT ? scalar : new DoubleBackend())
        .operations(new Resources(1));
  }

  private void forwardFollows(
      Workload workload, int step, Parameters before, Probe probe, Operations elementary) {
    Network network = workload.network();
    Matrix below = own(workload.rowsOf(step));
    for (int l = 0; l < network.layers(); l++) {
      Matrix w = before.weights().get(l);
      Matrix b = before.biases().get(l);
      Matrix z = naive().product(ProductForm.AB, below, w);
      Matrix expected = elementary.activate(network.activation(l), z, b);
      Matrix magnitude =
          NaiveArithmetic.BINARY64.activate(
              Activation.IDENTITY,
              productMagnitude(ProductForm.AB, below, w),
              NaiveArithmetic.magnitude(b));
      below = probe.activations().get(l);
      agree("activations of layer " + (l + 1), expected, below, magnitude, network.in(l) + 2);
    }
    Operations.CrossEntropy end = elementary.crossEntropy(below, Samples.labels(workload, step));
    double sum = 0;
    for (int i = 0; i < workload.batch(); i++) {
      sum += end.rowLoss().value(i);
    }
    // Logits here are small, so the loss of a row is a few units and the bound of one operation on
    // a number of size 8 times the classes is ample.
    double magnitude = 8;
    Matrix ones = new DoubleMatrix(1, 1, new double[] {magnitude});
    agree(
        "loss",
        new DoubleMatrix(1, 1, new double[] {sum / workload.batch()}),
        new DoubleMatrix(1, 1, new double[] {probe.loss()}),
        ones,
        network.outputs());
    double[] scale = new double[end.delta().size()];
    Arrays.fill(scale, magnitude / workload.batch());
    agree(
        "delta of the output",
        end.delta(),
        probe.deltas().getLast(),
        new DoubleMatrix(end.delta().rows(), end.delta().columns(), scale),
        network.outputs());
  }

  private void backwardFollows(Workload workload, int step, Parameters before, Probe probe) {
    Network network = workload.network();
    for (int l = network.layers() - 1; l >= 0; l--) {
      Matrix delta = probe.deltas().get(l);
      Matrix below = l == 0 ? own(workload.rowsOf(step)) : probe.activations().get(l - 1);
      agree(
          "gradient of W" + (l + 1),
          naive().product(ProductForm.ATB, below, delta),
          probe.gradients().weights().get(l),
          productMagnitude(ProductForm.ATB, below, delta),
          workload.batch());
      agree(
          "gradient of b" + (l + 1),
          naive().columnSums(delta),
          probe.gradients().biases().get(l),
          NaiveArithmetic.BINARY64.columnSums(NaiveArithmetic.magnitude(delta)),
          workload.batch());
      if (l > 0) {
        Matrix w = before.weights().get(l);
        Matrix upstream = naive().product(ProductForm.ABT, delta, w);
        agree(
            "delta of layer " + l,
            naive().derivative(network.activation(l - 1), upstream, below),
            probe.deltas().get(l - 1),
            productMagnitude(ProductForm.ABT, delta, w),
            network.out(l) + 2);
      }
    }
  }

  private void updateFollows(Workload workload, Parameters before, Probe probe, Parameters after) {
    Optimizer.Sgd sgd = (Optimizer.Sgd) workload.optimizer();
    for (int l = 0; l < before.layers(); l++) {
      updateFollows(
          "W" + (l + 1),
          before.weights().get(l),
          probe.gradients().weights().get(l),
          sgd.weightRates().get(l),
          after.weights().get(l));
      updateFollows(
          "b" + (l + 1),
          before.biases().get(l),
          probe.gradients().biases().get(l),
          sgd.biasRates().get(l),
          after.biases().get(l));
    }
  }

  private void updateFollows(String what, Matrix w, Matrix g, float rate, Matrix after) {
    Matrix magnitude =
        NaiveArithmetic.BINARY64.sgd(
            NaiveArithmetic.magnitude(w), NaiveArithmetic.magnitude(g), -rate);
    agree(what + " after the step", naive().sgd(w, g, rate), after, magnitude, 1);
  }

  @ParameterizedTest
  @EnumSource
  public void aProbeHasTheBitsOfARun(Activation activation) {
    for (int batch : new int[] {1, 33}) {
      Workload workload = Samples.digits(activation, batch, 0.1, 129, 33);
      try (Trainer running = open(workload, 2);
          Trainer probed = open(workload, 2)) {
        for (int step = 0; step < 4; step++) {
          double loss = running.run(1)[0];
          assertThat(probed.probe().loss()).as("loss of step %d", step).isEqualTo(loss);
          sameBits(step + 1, running.parameters(), probed.parameters());
        }
        assertThat(probed.step()).isEqualTo(4).isEqualTo(running.step());
      }
    }
  }

  /** Exact backends: the bits of scalar after every step. Others: each step within its bound. */
  @ParameterizedTest
  @EnumSource
  public void agreesWithScalarAfterEveryStep(Activation activation) {
    for (int width : new int[] {7, 33, 129}) {
      for (int depth = 1; depth <= 3; depth++) {
        for (int batch : new int[] {1, 33}) {
          trainsAsScalar(Samples.digits(activation, batch, 0.1, Samples.hidden(depth, width)), 3);
        }
      }
    }
  }

  private void trainsAsScalar(Workload workload, int steps) {
    if (!exact()) {
      staysWithinTheBound(workload, steps);
      return;
    }
    List<Parameters> expected = new ArrayList<>();
    double[] losses = new double[steps];
    try (Trainer reference = scalar.open(workload, new Resources(1))) {
      for (int step = 0; step < steps; step++) {
        losses[step] = reference.run(1)[0];
        expected.add(reference.parameters());
      }
    }
    for (int threads : THREADS) {
      String what = Samples.describe(workload.network(), workload.batch(), threads);
      try (Trainer trainer = open(workload, threads)) {
        for (int step = 0; step < steps; step++) {
          assertThat(trainer.run(1)[0]).as("%s: loss", what).isEqualTo(losses[step]);
          Difference.first(step + 1, expected.get(step), trainer.parameters())
              .ifPresent(difference -> fail(what + ": " + difference));
        }
      }
      try (Trainer trainer = open(workload, threads)) {
        assertThat(trainer.run(steps)).as("%s: losses of one run", what).isEqualTo(losses);
        sameBits(steps, expected.getLast(), trainer.parameters());
      }
    }
  }

  private void staysWithinTheBound(Workload workload, int steps) {
    boolean oracle = backend().kind() == Kind.ORACLE;
    try (Trainer rounding = oracle ? scalar.open(workload, new Resources(1)) : open(workload, 1);
        Trainer wide =
            oracle ? open(workload, 1) : new DoubleBackend().open(workload, new Resources(1))) {
      for (int step = 0; step < steps; step++) {
        Parameters state = rounding.parameters();
        wide.restore(state, step);
        Probe probe = wide.probe();
        StepBound bound =
            StepBound.of(
                workload.network(),
                (Optimizer.Sgd) workload.optimizer(),
                state,
                workload.rowsOf(step),
                probe);
        double loss = rounding.run(1)[0];
        assertThat(Math.abs(loss - probe.loss())).isLessThanOrEqualTo(bound.loss());
        assertThat(StepBound.share(rounding.parameters(), wide.parameters(), bound.updated()))
            .as("share of the bound at step %d of %s", step, workload.network())
            .isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  public void restoreContinuesExactly() {
    // 1347 rows in batches of 250 make 5 steps an epoch: step 6 needs the second permutation.
    Workload workload = Samples.digits(Activation.TANH, 250, 0.1, 33);
    try (Trainer through = open(workload, 2);
        Trainer resumed = open(workload, 2)) {
      through.run(3);
      Parameters kept = through.parameters();
      double[] expected = through.run(4);
      resumed.run(1);
      resumed.restore(kept, 3);
      assertThat(resumed.step()).isEqualTo(3);
      sameBits(3, kept, resumed.parameters());
      assertThat(resumed.run(4)).isEqualTo(expected);
      sameBits(7, through.parameters(), resumed.parameters());
    }
  }

  @Test
  public void aLossThatIsNotFiniteStopsUpdates() {
    Workload workload = Samples.digits(Activation.RELU, 33, 0.1, 33);
    try (Trainer trainer = open(workload, 2)) {
      trainer.run(2);
      assertThat(trainer.stoppedAt()).isEmpty();
      Parameters broken = trainer.parameters();
      poison(broken.weights().getLast());
      trainer.restore(broken, 2);
      double[] losses = trainer.run(3);
      assertThat(losses[0]).isNotFinite();
      assertThat(trainer.stoppedAt()).hasValue(2);
      assertThat(trainer.step()).isEqualTo(5);
      sameBits(5, broken, trainer.parameters());
      trainer.probe();
      sameBits(6, broken, trainer.parameters());
      assertThat(trainer.stoppedAt()).hasValue(2);
      trainer.restore(workload.initial(), 0);
      assertThat(trainer.stoppedAt()).isEmpty();
    }
  }

  private static void poison(Matrix weights) {
    switch (weights) {
      case FloatMatrix(int _, int _, float[] data) -> data[0] = Float.POSITIVE_INFINITY;
      case DoubleMatrix(int _, int _, double[] data) -> data[0] = Double.POSITIVE_INFINITY;
    }
  }

  /** A rate far too large overflows binary32 within a few steps, on every backend at the same. */
  @Test
  public void anOverflowStopsAtTheStepItStopsScalar() {
    Assumptions.assumeTrue(backend().kind() != Kind.ORACLE, "binary64 overflows elsewhere");
    Workload workload = Samples.digits(Activation.IDENTITY, 33, 1e12, 33, 7);
    int steps = 12;
    try (Trainer reference = scalar.open(workload, new Resources(1))) {
      double[] losses = reference.run(steps);
      assertThat(reference.stoppedAt()).isPresent();
      long stopped = reference.stoppedAt().getAsLong();
      assertThat(stopped).as("after some updates").isBetween(1L, steps - 2L);
      for (int threads : THREADS) {
        try (Trainer trainer = open(workload, threads)) {
          double[] actual = trainer.run(steps);
          assertThat(trainer.stoppedAt()).isEqualTo(reference.stoppedAt());
          if (exact()) {
            assertThat(actual).isEqualTo(losses);
            sameBits(steps, reference.parameters(), trainer.parameters());
          }
          Parameters stuck = trainer.parameters();
          trainer.run(2);
          sameBits(steps + 2, stuck, trainer.parameters());
        }
      }
    }
  }

  @Test
  public void parametersAreACopy() {
    Workload workload = Samples.digits(Activation.TANH, 7, 0.1, 7);
    Parameters initial = workload.initial().copy();
    try (Trainer trainer = open(workload, 1);
        Trainer untouched = open(workload, 1)) {
      Parameters taken = trainer.parameters();
      taken.weights().forEach(BackendContract::poison);
      taken.biases().forEach(BackendContract::poison);
      trainer.run(2);
      untouched.run(2);
      sameBits(2, untouched.parameters(), trainer.parameters());
    }
    sameBits(0, initial, workload.initial());
  }

  @Test
  public void evaluationAgreesWithScalar() {
    Workload workload = Samples.digits(Activation.TANH, 33, 0.1, 129, 33);
    Examples test = workload.data().test();
    try (Trainer trainer = open(workload, 2);
        Trainer reference = scalar.open(workload, new Resources(1))) {
      trainer.run(3);
      reference.run(3);
      Parameters before = trainer.parameters();
      Evaluation actual = trainer.evaluate(test);
      Evaluation expected = reference.evaluate(test);
      if (exact()) {
        assertThat(actual).isEqualTo(expected);
      } else {
        // Three short steps with weights below 1: errors of a few thousand u are far above any
        // bound of them, and a wrong row or layer shows in the first digits.
        assertThat(actual.loss())
            .isCloseTo(expected.loss(), org.assertj.core.data.Offset.offset(5000 * 0x1p-24));
      }
      sameBits(3, before, trainer.parameters());
      assertThat(trainer.step()).isEqualTo(3);
    }
  }

  @Test
  public void equalLogitsCountForTheFirstClass() {
    Workload drawn = Samples.digits(Activation.RELU, 33, 0.1, 7);
    Parameters zero =
        new Parameters(
            drawn.initial().weights().stream()
                .<Matrix>map(w -> new FloatMatrix(w.rows(), w.columns()))
                .toList(),
            drawn.initial().biases());
    try (Trainer trainer = open(drawn, 1)) {
      trainer.restore(zero, 0);
      Examples test = drawn.data().test();
      double zeros = Arrays.stream(test.labels()).filter(label -> label == 0).count();
      Evaluation evaluation = trainer.evaluate(test);
      assertThat(evaluation.accuracy()).isEqualTo(zeros / test.rows());
      assertThat(evaluation.loss())
          .isCloseTo(Math.log(10), org.assertj.core.data.Offset.offset(0x1p-20));
    }
  }

  // Comparison

  private boolean exact() {
    return backend().kind() == Kind.EXACT;
  }

  private NaiveArithmetic naive() {
    return exact() ? NaiveArithmetic.BINARY32 : NaiveArithmetic.BINARY64;
  }

  private double unit() {
    return backend().kind() == Kind.ORACLE ? 0x1p-53 : 0x1p-24;
  }

  private Operations operations(int threads) {
    return backend().operations(new Resources(threads));
  }

  private Trainer open(Workload workload, int threads) {
    return backend().open(workload, new Resources(threads));
  }

  /** A matrix in the backend's precision. */
  private Matrix own(FloatMatrix matrix) {
    return backend().kind() == Kind.ORACLE ? matrix.widened() : matrix;
  }

  private static Matrix productMagnitude(ProductForm form, Matrix a, Matrix b) {
    return NaiveArithmetic.BINARY64.product(
        form, NaiveArithmetic.magnitude(a), NaiveArithmetic.magnitude(b));
  }

  private void agree(String what, Matrix expected, Matrix actual, Matrix magnitude, int terms) {
    if (exact()) {
      sameBits(what, expected, actual);
    } else {
      close(what, expected, actual, magnitude, terms);
    }
  }

  private void close(String what, Matrix expected, Matrix actual, Matrix magnitude, int terms) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double underflow = terms * (backend().kind() == Kind.ORACLE ? 0x1p-1074 : 0x1p-149);
    for (int i = 0; i < expected.size(); i++) {
      double wanted = expected.value(i);
      double found = actual.value(i);
      double allowed = 2 * (terms + 4) * unit() * magnitude.value(i) + underflow;
      // Equal infinities, or two NaNs, or near.
      if (Double.compare(wanted, found) != 0 && !(Math.abs(wanted - found) <= allowed)) {
        fail("%s, element %d: %s expected, %s found".formatted(what, i, wanted, found));
      }
    }
  }

  private static void sameBits(String what, Matrix expected, Matrix actual) {
    Difference.first(0, what, expected, actual).ifPresent(d -> fail(d.toString()));
  }

  private static void sameBits(long step, Parameters expected, Parameters actual) {
    Difference.first(step, expected, actual).ifPresent(d -> fail(d.toString()));
  }

  private static FloatMatrix transposed(FloatMatrix matrix) {
    FloatMatrix result = new FloatMatrix(matrix.columns(), matrix.rows());
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        result.data()[j * matrix.rows() + i] = matrix.data()[i * matrix.columns() + j];
      }
    }
    return result;
  }
}
