package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations of a step that are not products. */
abstract class OperationsContract {

  /** Those of which the naive form is good to an ulp only. */
  private static final Set<Activation> ELEMENTARY =
      EnumSet.of(Activation.TANH, Activation.SIGMOID, Activation.GELU);

  private final Subject subject;

  OperationsContract(Subject subject) {
    this.subject = subject;
  }

  @ParameterizedTest
  @EnumSource
  void activations(Activation activation) {
    try (Operations operations = subject.operations(2)) {
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
      for (int columns : subject.extent().columns()) {
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
    Matrix zs = subject.own(z);
    Matrix biases = subject.own(bias);
    Matrix actual = operations.activate(activation, zs, biases);
    String what = activation + " of " + z.shape();
    // The derivative of each is at most 1.13, so what the sum's rounding costs is about |z| + |b|;
    // but a sigmoid near 1/2 errs by ulps of that, however small its argument is.
    Matrix least =
        activation == Activation.SIGMOID
            ? Samples.filled(1, biases.columns(), 1f)
            : new FloatMatrix(1, biases.columns());
    Matrix sum =
        NaiveArithmetic.BINARY64.activate(
            Activation.IDENTITY,
            NaiveArithmetic.BINARY64.activate(
                Activation.IDENTITY,
                NaiveArithmetic.magnitude(zs),
                NaiveArithmetic.magnitude(biases)),
            least);
    if (subject.canonical()) {
      try (Operations reference = Subject.scalar()) {
        Subject.sameBits(what + ", by scalar", reference.activate(activation, z, bias), actual);
      }
    }
    if (subject.canonical() && !ELEMENTARY.contains(activation)) {
      Subject.sameBits(what, NaiveArithmetic.BINARY32.activate(activation, z, bias), actual);
    } else {
      subject.close(what, subject.naive().activate(activation, zs, biases), actual, sum, 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void derivatives(Activation activation) {
    try (Operations operations = subject.operations(2)) {
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
    Matrix up = subject.own(upstream);
    Matrix as = subject.own(a);
    Matrix actual = operations.derivative(activation, up, as);
    String what = "derivative of " + activation + ", " + a.shape();
    Matrix magnitude = NaiveArithmetic.slopeMagnitude(activation, up, as);
    if (activation == Activation.GELU) {
      if (subject.canonical()) {
        try (Operations reference = Subject.scalar()) {
          Subject.sameBits(what, reference.derivative(activation, upstream, a), actual);
        }
      }
      subject.close(what, subject.naive().derivative(activation, up, as), actual, magnitude, 16);
      return;
    }
    // 1 - a a loses at most u (1 + a a) before the multiplication; |a| <= 1 where it is finite. Of
    // a sigmoid 1 - a and the products lose u |dA| |a| |1 - a| each, which is at most u |dA| / 4
    // for its own values, and 2 u |dA| for these.
    subject.agree(what, subject.naive().derivative(activation, up, as), actual, magnitude, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33})
  void crossEntropy(int rows) {
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
      if (subject.canonical()) {
        crossEntropy(Samples.special(rows, rows, classes), labels);
      }
    }
  }

  private void crossEntropy(FloatMatrix logits, int[] labels) {
    String what = "cross-entropy of " + logits.shape();
    int rows = logits.rows();
    int classes = logits.columns();
    try (Operations operations = subject.operations(2);
        Operations reference = Subject.scalar()) {
      Operations.RowLosses actual =
          operations.loss(Loss.CROSS_ENTROPY, subject.own(logits), labels);
      if (subject.canonical()) {
        Operations.RowLosses expected = reference.loss(Loss.CROSS_ENTROPY, logits, labels);
        Subject.sameBits(what + ", row loss", expected.rowLoss(), actual.rowLoss());
        Subject.sameBits(what + ", delta", expected.delta(), actual.delta());
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
      String what, FloatMatrix logits, int label, int row, Operations.RowLosses actual) {
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
    double relative = 4 * (classes + 8) * subject.unit();
    assertThat(actual.rowLoss().value(row))
        .as("%s, loss of row %d", what, row)
        .isCloseTo(loss, offset(relative + 4 * subject.unit() * (max - least)));
    for (int c = 0; c < classes; c++) {
      double p = Math.exp(logits.value(row * classes + c) - max) / sum;
      double delta = (p - (c == label ? 1 : 0)) / logits.rows();
      assertThat(actual.delta().value(row * classes + c))
          .as("%s, delta of row %d, class %d", what, row, c)
          .isCloseTo(delta, offset(relative / logits.rows()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33})
  void squaredError(int rows) {
    try (Operations operations = subject.operations(2)) {
      for (int classes : new int[] {1, 2, 7, 10, 33}) {
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
          labels[i] = (i * 5 + 1) % classes;
        }
        squaredError(operations, Samples.ordinary(rows, rows, classes), labels);
        squaredError(operations, Samples.scaled(rows, rows, classes, 1000), labels);
        if (subject.canonical()) {
          squaredError(operations, Samples.special(rows, rows, classes), labels);
        }
      }
    }
  }

  /** All terms of a sum are squares, so that the sum is its own magnitude. */
  private void squaredError(Operations operations, FloatMatrix outputs, int[] labels) {
    Matrix own = subject.own(outputs);
    Operations.RowLosses expected = subject.naive().squaredError(own, labels);
    Operations.RowLosses actual = operations.loss(Loss.SQUARED_ERROR, own, labels);
    String what = "squared error of " + outputs.shape();
    subject.agree(
        what + ", row loss",
        expected.rowLoss(),
        actual.rowLoss(),
        expected.rowLoss(),
        outputs.columns());
    subject.agree(
        what + ", delta",
        expected.delta(),
        actual.delta(),
        NaiveArithmetic.magnitude(expected.delta()),
        2);
  }

  @Test
  void columnSumsAscend() {
    try (Operations operations = subject.operations(3)) {
      for (int rows : new int[] {1, 7, 33, 250}) {
        for (int columns : new int[] {1, 7, 10, 33, 129}) {
          Matrix delta = subject.own(Samples.ordinary(rows, rows, columns));
          subject.agree(
              "column sums of " + delta.shape(),
              subject.naive().columnSums(delta),
              operations.columnSums(delta),
              subject.naive().columnSums(NaiveArithmetic.magnitude(delta)),
              rows);
        }
      }
      // Only the ascending order loses the small terms: 1e8 + 1 - 1e8 is 0, not 1.
      if (subject.canonical()) {
        Matrix delta = new FloatMatrix(3, 1, new float[] {1e8f, 1f, -1e8f});
        assertThat(operations.columnSums(delta).value(0)).isZero();
        Matrix minusZero = Samples.filled(3, 7, -0f);
        Subject.sameBits("from +0", new FloatMatrix(1, 7), operations.columnSums(minusZero));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.OperationsContract#updates")
  void updates(Update update) {
    try (Operations operations = subject.operations(2)) {
      for (int columns = 1; columns <= 33; columns++) {
        int count = columns;
        agree(
            operations,
            update,
            subject.own(Samples.ordinary(columns, 7, columns)),
            subject.own(Samples.ordinary(~columns, 7, columns)),
            Stream.of(5 * columns, 7 * columns)
                .limit(update.rule().moments())
                .map(seed -> magnitude(Samples.ordinary(seed, 7, count)))
                .toList());
      }
      if (subject.canonical()) {
        FloatMatrix w = Samples.special(5, 33, 33);
        FloatMatrix g = Samples.special(6, 33, 33);
        List<Matrix> moments =
            Stream.of(7, 8)
                .limit(update.rule().moments())
                .<Matrix>map(seed -> Samples.special(seed, 33, 33))
                .toList();
        agree(operations, update, w, g, moments);
      }
    }
  }

  /** Every rule, with and without decay, with a correction as of an early step. */
  static Stream<Update> updates() {
    return Stream.of(
            new Rule.Sgd(),
            new Rule.Momentum(0.9f),
            new Rule.Nesterov(0.7f),
            new Rule.Adam(0.9f, 0.999f, 1e-4f))
        .flatMap(rule -> Stream.of(0f, 0.01f).map(decay -> new Update(rule, 0.1f, decay, 333.5f)));
  }

  /** Moments are not negative, so that the oracle's root is of a number. */
  private Matrix magnitude(FloatMatrix matrix) {
    FloatMatrix positive = new FloatMatrix(matrix.rows(), matrix.columns());
    for (int i = 0; i < positive.size(); i++) {
      positive.data()[i] = Math.abs(matrix.data()[i]);
    }
    return subject.own(positive);
  }

  private void agree(
      Operations operations, Update update, Matrix w, Matrix g, List<Matrix> moments) {
    Operations.Updated expected = subject.naive().update(update, w, g, moments);
    Operations.Updated actual = operations.update(update, w, g, moments);
    Update adding = new Update(update.rule(), -update.rate(), update.decay(), update.correction());
    Operations.Updated sizes =
        NaiveArithmetic.BINARY64.update(
            adding,
            NaiveArithmetic.magnitude(w),
            NaiveArithmetic.magnitude(g),
            moments.stream().map(NaiveArithmetic::magnitude).toList());
    String what = String.format(Locale.ROOT, "update of %s by %s", w.shape(), update);
    subject.agree(what, expected.weights(), actual.weights(), sizes.weights(), 8);
    for (int k = 0; k < moments.size(); k++) {
      subject.agree(
          what + ", moment " + (k + 1),
          expected.moments().get(k),
          actual.moments().get(k),
          sizes.moments().get(k),
          4);
    }
  }

  @Test
  void argumentsAreLeftAlone() {
    try (Operations operations = subject.operations(2)) {
      Matrix z = subject.own(Samples.ordinary(1, 7, 7));
      Matrix b = subject.own(Samples.ordinary(2, 1, 7));
      Matrix zBefore = z.copy();
      Matrix bBefore = b.copy();
      operations.product(ProductForm.AB, z, z);
      operations.activate(Activation.RELU, z, b);
      operations.derivative(Activation.RELU, z, z);
      operations.loss(Loss.CROSS_ENTROPY, z, new int[7]);
      operations.loss(Loss.SQUARED_ERROR, z, new int[7]);
      operations.columnSums(z);
      Update adam = new Update(new Rule.Adam(0.9f, 0.999f, 1), 1, 0);
      operations.update(adam, z, z, List.of(z, z));
      operations.update(Update.sgd(1), z, z, List.of());
      Subject.sameBits("z", zBefore, z);
      Subject.sameBits("b", bBefore, b);
    }
  }
}
