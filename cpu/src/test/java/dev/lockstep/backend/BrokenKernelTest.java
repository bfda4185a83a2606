package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.scenario.Workload;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract sees the mistakes it is there for. */
final class BrokenKernelTest {

  /** One kernel of {@code scalar} replaced by one that is wrong, or none. */
  private enum Fault {
    NONE,
    TAIL_WITHOUT_FMA,
    WITHOUT_FMA,
    DESCENDING,
    SPLIT_IN_TWO,
    PADDED,
    RELU_KEEPS_MINUS_ZERO,
    SLOPE_WITHOUT_FMA,
    SUMS_DESCEND,
    SOFTMAX_WITHOUT_MAXIMUM,
    SGD_WITHOUT_FMA,
    WRITES_ITS_ARGUMENT
  }

  @Test
  void theContractPassesWhatIsRight() {
    BackendContract contract = contract(Fault.NONE, OperationsTrainer.Updates.AFTER_ALL_GRADIENTS);
    for (ProductForm form : ProductForm.values()) {
      passes(contract, c -> c.productsAtAwkwardSizes(form));
    }
    passes(contract, c -> c.accumulatorOfMinusZero(9));
    for (Activation activation : Activation.values()) {
      passes(contract, c -> c.activations(activation));
      passes(contract, c -> c.derivatives(activation));
      passes(contract, c -> c.aStepIsMadeOfTheOperations(activation));
      passes(contract, c -> c.agreesWithScalarAfterEveryStep(activation));
    }
    passes(contract, c -> c.crossEntropy(7));
    passes(contract, BackendContract::columnSumsAscend);
    passes(contract, BackendContract::sgdIsFused);
    passes(contract, BackendContract::argumentsAreLeftAlone);
    passes(contract, BackendContract::aLossThatIsNotFiniteStopsUpdates);
    passes(contract, BackendContract::anOverflowStopsAtTheStepItStopsScalar);
  }

  @ParameterizedTest
  @EnumSource
  void aTailWithoutFma(ProductForm form) {
    fails(Fault.TAIL_WITHOUT_FMA, c -> c.productsAtAwkwardSizes(form));
  }

  @ParameterizedTest
  @EnumSource
  void productsWithoutFma(ProductForm form) {
    fails(Fault.WITHOUT_FMA, c -> c.productsAtAwkwardSizes(form));
  }

  @ParameterizedTest
  @EnumSource
  void termsInDescendingOrder(ProductForm form) {
    fails(Fault.DESCENDING, c -> c.productsAtAwkwardSizes(form));
  }

  @ParameterizedTest
  @EnumSource
  void theInnerDimensionSplitInTwo(ProductForm form) {
    fails(Fault.SPLIT_IN_TWO, c -> c.productsAtAwkwardSizes(form));
  }

  @Test
  void anInnerDimensionPaddedWithZeros() {
    fails(Fault.PADDED, c -> c.accumulatorOfMinusZero(9));
  }

  @Test
  void aReluThatKeepsMinusZero() {
    fails(Fault.RELU_KEEPS_MINUS_ZERO, c -> c.activations(Activation.RELU));
  }

  @Test
  void aSlopeOfTanhWithoutFma() {
    fails(Fault.SLOPE_WITHOUT_FMA, c -> c.derivatives(Activation.TANH));
  }

  @Test
  void columnSumsInDescendingOrder() {
    fails(Fault.SUMS_DESCEND, BackendContract::columnSumsAscend);
  }

  @Test
  void aSoftmaxThatDoesNotSubtractTheMaximum() {
    fails(Fault.SOFTMAX_WITHOUT_MAXIMUM, c -> c.crossEntropy(7));
  }

  @Test
  void anUpdateWithoutFma() {
    fails(Fault.SGD_WITHOUT_FMA, BackendContract::sgdIsFused);
    fails(Fault.SGD_WITHOUT_FMA, c -> c.agreesWithScalarAfterEveryStep(Activation.TANH));
  }

  @Test
  void aKernelThatWritesItsArgument() {
    fails(Fault.WRITES_ITS_ARGUMENT, BackendContract::argumentsAreLeftAlone);
  }

  /** The delta below a layer computed with weights that the step has already changed. */
  @ParameterizedTest
  @EnumSource
  void gradientsWithUpdatedWeights(Activation activation) {
    BackendContract contract = contract(Fault.NONE, OperationsTrainer.Updates.LAYER_BY_LAYER);
    assertThatThrownBy(() -> contract.aStepIsMadeOfTheOperations(activation))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("delta of layer");
    assertThatThrownBy(() -> contract.agreesWithScalarAfterEveryStep(activation))
        .isInstanceOf(AssertionError.class);
  }

  private static void passes(BackendContract contract, Consumer<BackendContract> check) {
    assertThatCode(() -> check.accept(contract)).doesNotThrowAnyException();
  }

  private static void fails(Fault fault, Consumer<BackendContract> check) {
    BackendContract contract = contract(fault, OperationsTrainer.Updates.AFTER_ALL_GRADIENTS);
    assertThatThrownBy(() -> check.accept(contract)).isInstanceOf(AssertionError.class);
  }

  private static BackendContract contract(Fault fault, OperationsTrainer.Updates updates) {
    return new BackendContract() {
      @Override
      protected Backend backend() {
        return new Broken(fault, updates);
      }
    };
  }

  private record Broken(Fault fault, OperationsTrainer.Updates updates) implements Backend {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public Kind kind() {
      return Kind.EXACT;
    }

    @Override
    public Availability availability() {
      return new Availability.Available("wherever scalar is");
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      return new OperationsTrainer(workload, operations(resources), updates);
    }

    @Override
    public Operations operations(Resources resources) {
      return new BrokenOperations(fault, new ScalarBackend().operations(resources));
    }
  }

  private record BrokenOperations(Fault fault, Operations right) implements Operations {

    @Override
    public Matrix product(ProductForm form, Matrix a, Matrix b) {
      FloatMatrix left = (FloatMatrix) (form == ProductForm.ATB ? transposed(a) : a);
      FloatMatrix other = (FloatMatrix) (form == ProductForm.ABT ? transposed(b) : b);
      return switch (fault) {
        case TAIL_WITHOUT_FMA, WITHOUT_FMA, DESCENDING, SPLIT_IN_TWO, PADDED -> wrong(left, other);
        default -> right.product(form, a, b);
      };
    }

    private FloatMatrix wrong(FloatMatrix a, FloatMatrix b) {
      FloatMatrix c = new FloatMatrix(a.rows(), b.columns());
      for (int i = 0; i < c.rows(); i++) {
        for (int j = 0; j < c.columns(); j++) {
          c.data()[i * c.columns() + j] = wrong(a, b, i, j);
        }
      }
      return c;
    }

    private float wrong(FloatMatrix a, FloatMatrix b, int i, int j) {
      int k = a.columns();
      int n = b.columns();
      boolean fused = fault != Fault.WITHOUT_FMA;
      fused &= fault != Fault.TAIL_WITHOUT_FMA || j < n - n % 8;
      float sum = 0;
      float evens = 0;
      for (int step = 0; step < k; step++) {
        int p = fault == Fault.DESCENDING ? k - 1 - step : step;
        float x = a.data()[i * k + p];
        float y = b.data()[p * n + j];
        if (fault == Fault.SPLIT_IN_TWO && p % 2 == 0) {
          evens = Math.fma(x, y, evens);
        } else {
          sum = fused ? Math.fma(x, y, sum) : sum + x * y;
        }
      }
      return switch (fault) {
        case SPLIT_IN_TWO -> sum + evens;
        case PADDED -> Math.fma(0f, 0f, sum);
        default -> sum;
      };
    }

    @Override
    public Matrix activate(Activation activation, Matrix z, Matrix bias) {
      if (fault != Fault.RELU_KEEPS_MINUS_ZERO || activation != Activation.RELU) {
        return right.activate(activation, z, bias);
      }
      FloatMatrix sum = (FloatMatrix) right.activate(Activation.IDENTITY, z, bias);
      for (int i = 0; i < sum.size(); i++) {
        sum.data()[i] = sum.data()[i] < 0 ? 0 : sum.data()[i];
      }
      return sum;
    }

    @Override
    public Matrix derivative(Activation activation, Matrix upstream, Matrix activations) {
      if (fault != Fault.SLOPE_WITHOUT_FMA || activation != Activation.TANH) {
        return right.derivative(activation, upstream, activations);
      }
      FloatMatrix result = (FloatMatrix) upstream.copy();
      for (int i = 0; i < result.size(); i++) {
        float a = (float) activations.value(i);
        result.data()[i] *= 1 - a * a;
      }
      return result;
    }

    @Override
    public CrossEntropy crossEntropy(Matrix logits, int[] labels) {
      CrossEntropy entropy = right.crossEntropy(logits, labels);
      if (fault == Fault.SOFTMAX_WITHOUT_MAXIMUM) {
        float[] loss = ((FloatMatrix) entropy.rowLoss()).data();
        int classes = logits.columns();
        for (int i = 0; i < loss.length; i++) {
          float sum = 0;
          for (int c = 0; c < classes; c++) {
            sum += (float) Math.exp(logits.value(i * classes + c));
          }
          loss[i] = (float) Math.log(sum) - (float) logits.value(i * classes + labels[i]);
        }
      }
      return entropy;
    }

    @Override
    public Matrix columnSums(Matrix delta) {
      if (fault != Fault.SUMS_DESCEND) {
        return right.columnSums(delta);
      }
      FloatMatrix sums = new FloatMatrix(1, delta.columns());
      for (int i = delta.size() - 1; i >= 0; i--) {
        sums.data()[i % delta.columns()] += (float) delta.value(i);
      }
      return sums;
    }

    @Override
    public Matrix sgd(Matrix weights, Matrix gradient, float rate) {
      if (fault == Fault.WRITES_ITS_ARGUMENT) {
        float[] w = ((FloatMatrix) weights).data();
        System.arraycopy(
            ((FloatMatrix) right.sgd(weights, gradient, rate)).data(), 0, w, 0, w.length);
        return weights;
      }
      if (fault != Fault.SGD_WITHOUT_FMA) {
        return right.sgd(weights, gradient, rate);
      }
      FloatMatrix result = (FloatMatrix) weights.copy();
      for (int i = 0; i < result.size(); i++) {
        result.data()[i] -= rate * (float) gradient.value(i);
      }
      return result;
    }

    private static FloatMatrix transposed(Matrix matrix) {
      FloatMatrix result = new FloatMatrix(matrix.columns(), matrix.rows());
      for (int i = 0; i < matrix.size(); i++) {
        int row = i / matrix.columns();
        int column = i % matrix.columns();
        result.data()[column * matrix.rows() + row] = (float) matrix.value(i);
      }
      return result;
    }

    @Override
    public void close() {
      right.close();
    }
  }
}
