package dev.lockstep.backend;

import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.List;

/**
 * {@code scalar} with one kernel replaced by another, or none: what the contract is tried on.
 *
 * @param kind what it passes itself off as; one alteration may be right for a kind and wrong for
 *     another
 * @param alteration of its kernels
 * @param updates of its trainer
 */
record AlteredBackend(Kind kind, Alteration alteration, OperationsTrainer.Order updates)
    implements Backend {

  /** What is done otherwise than by canonical arithmetic. */
  enum Alteration {
    NONE,
    TAIL_WITHOUT_FMA,
    WITHOUT_FMA,
    DESCENDING,
    SPLIT_IN_TWO,
    PADDED,
    /** And says so. */
    TF32_OPERANDS,
    UNDECLARED_TF32_OPERANDS,
    DROPS_A_TERM,
    CHANGES_WITH_TIME,
    RELU_KEEPS_MINUS_ZERO,
    SLOPE_WITHOUT_FMA,
    SUMS_DESCEND,
    SOFTMAX_WITHOUT_MAXIMUM,
    SQUARES_WITHOUT_FMA,
    SGD_WITHOUT_FMA,
    FORGETS_MOMENTS,
    WRITES_ITS_ARGUMENT
  }

  AlteredBackend(Kind kind, Alteration alteration) {
    this(kind, alteration, OperationsTrainer.Order.AFTER_ALL_GRADIENTS);
  }

  @Override
  public String name() {
    return "altered";
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("wherever scalar is");
  }

  @Override
  public OperandRounding operandRounding() {
    return alteration == Alteration.TF32_OPERANDS ? OperandRounding.TF32 : OperandRounding.NONE;
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new OperationsTrainer(workload, operations(resources), updates);
  }

  @Override
  public Operations operations(Resources resources) {
    return new AlteredOperations(alteration, new ScalarBackend().operations(resources));
  }

  private static final class AlteredOperations implements Operations {

    private final Alteration alteration;
    private final Operations right;
    private long products;

    AlteredOperations(Alteration alteration, Operations right) {
      this.alteration = alteration;
      this.right = right;
    }

    @Override
    public Matrix product(ProductForm form, Matrix a, Matrix b) {
      FloatMatrix left = (FloatMatrix) (form == ProductForm.ATB ? transposed(a) : a);
      FloatMatrix other = (FloatMatrix) (form == ProductForm.ABT ? transposed(b) : b);
      return switch (alteration) {
        case TAIL_WITHOUT_FMA,
            WITHOUT_FMA,
            DESCENDING,
            SPLIT_IN_TWO,
            PADDED,
            TF32_OPERANDS,
            UNDECLARED_TF32_OPERANDS,
            DROPS_A_TERM,
            CHANGES_WITH_TIME ->
            product(left, other);
        default -> right.product(form, a, b);
      };
    }

    private FloatMatrix product(FloatMatrix a, FloatMatrix b) {
      products++;
      FloatMatrix c = new FloatMatrix(a.rows(), b.columns());
      for (int i = 0; i < c.rows(); i++) {
        for (int j = 0; j < c.columns(); j++) {
          c.data()[i * c.columns() + j] = element(a, b, i, j);
        }
      }
      return c;
    }

    private float element(FloatMatrix a, FloatMatrix b, int i, int j) {
      int k = a.columns();
      int n = b.columns();
      boolean fused = alteration != Alteration.WITHOUT_FMA;
      fused &= alteration != Alteration.TAIL_WITHOUT_FMA || j < n - n % 8;
      float sum = 0;
      float evens = 0;
      boolean descending =
          alteration == Alteration.DESCENDING
              || (alteration == Alteration.CHANGES_WITH_TIME && products % 2 == 0);
      int terms = alteration == Alteration.DROPS_A_TERM ? k - 1 : k;
      for (int step = 0; step < terms; step++) {
        int p = descending ? k - 1 - step : step;
        float x = operand(a.data()[i * k + p]);
        float y = operand(b.data()[p * n + j]);
        if (alteration == Alteration.SPLIT_IN_TWO && p % 2 == 0) {
          evens = Math.fma(x, y, evens);
        } else {
          sum = fused ? Math.fma(x, y, sum) : sum + x * y;
        }
      }
      return switch (alteration) {
        case SPLIT_IN_TWO -> sum + evens;
        case PADDED -> Math.fma(0f, 0f, sum);
        default -> sum;
      };
    }

    /** Truncated to 10 fraction bits, where that is asked for. */
    private float operand(float x) {
      return switch (alteration) {
        case TF32_OPERANDS, UNDECLARED_TF32_OPERANDS ->
            Float.intBitsToFloat(Float.floatToRawIntBits(x) & 0xffffe000);
        default -> x;
      };
    }

    @Override
    public Matrix activate(Activation activation, Matrix z, Matrix bias) {
      if (alteration != Alteration.RELU_KEEPS_MINUS_ZERO || activation != Activation.RELU) {
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
      if (alteration != Alteration.SLOPE_WITHOUT_FMA || activation != Activation.TANH) {
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
    public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
      return switch (loss) {
        case CROSS_ENTROPY -> crossEntropy(outputs, labels);
        case SQUARED_ERROR -> squaredError(outputs, labels);
      };
    }

    private RowLosses crossEntropy(Matrix logits, int[] labels) {
      RowLosses entropy = right.loss(Loss.CROSS_ENTROPY, logits, labels);
      if (alteration == Alteration.SOFTMAX_WITHOUT_MAXIMUM) {
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

    private RowLosses squaredError(Matrix outputs, int[] labels) {
      RowLosses losses = right.loss(Loss.SQUARED_ERROR, outputs, labels);
      if (alteration != Alteration.SQUARES_WITHOUT_FMA) {
        return losses;
      }
      FloatMatrix rowLoss = new FloatMatrix(1, outputs.rows());
      for (int i = 0; i < outputs.rows(); i++) {
        float sum = 0;
        for (int c = 0; c < outputs.columns(); c++) {
          float target = c == labels[i] ? 1 : 0;
          float distance = (float) outputs.value(i * outputs.columns() + c) - target;
          sum += distance * distance;
        }
        rowLoss.data()[i] = sum / 2;
      }
      return new RowLosses(rowLoss, losses.delta());
    }

    @Override
    public Matrix columnSums(Matrix delta) {
      if (alteration != Alteration.SUMS_DESCEND) {
        return right.columnSums(delta);
      }
      FloatMatrix sums = new FloatMatrix(1, delta.columns());
      for (int i = delta.size() - 1; i >= 0; i--) {
        sums.data()[i % delta.columns()] += (float) delta.value(i);
      }
      return sums;
    }

    @Override
    public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
      Updated updated = right.update(update, weights, gradient, moments);
      return switch (alteration) {
        case WRITES_ITS_ARGUMENT -> {
          float[] w = ((FloatMatrix) weights).data();
          System.arraycopy(((FloatMatrix) updated.weights()).data(), 0, w, 0, w.length);
          yield new Updated(weights, updated.moments());
        }
        case SGD_WITHOUT_FMA -> {
          FloatMatrix result = (FloatMatrix) weights.copy();
          for (int i = 0; i < result.size(); i++) {
            result.data()[i] -= update.rate() * (float) gradient.value(i);
          }
          yield new Updated(result, updated.moments());
        }
        case FORGETS_MOMENTS ->
            new Updated(
                updated.weights(),
                moments.stream()
                    .<Matrix>map(moment -> new FloatMatrix(moment.rows(), moment.columns()))
                    .toList());
        default -> updated;
      };
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
