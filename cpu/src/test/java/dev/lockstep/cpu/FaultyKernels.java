package dev.lockstep.cpu;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.List;

/** The kernels of {@code scalar} with one fault. */
final class FaultyKernels extends DelegatingKernels<float[]> {

  private final FaultyScalar.Fault fault;

  FaultyKernels(FaultyScalar.Fault fault) {
    super(new FloatKernels());
    this.fault = fault;
  }

  @Override
  public Runnable product(ProductShape shape, float[] a, float[] b, float[] c) {
    return switch (fault) {
      case PRODUCT_DESCENDS,
          PRODUCT_DESCENDS_IN_STEPS,
          PRODUCT_DESCENDS_FROM_MANY_BITS,
          PRODUCT_WITHOUT_FMA,
          FIRST_ROW_IN_TWO_ACCUMULATORS,
          FIRST_ELEMENTS_WITH_A_TERM_OF_ZERO,
          FIRST_ROW_SKIPS_ZEROS,
          SECOND_PANEL_STARTS_ANEW ->
          () -> multiply(shape, a, b, c);
      case AB_OFF_BY_A_MILLIONTH, ABT_OFF_BY_A_MILLIONTH, ATB_OFF_BY_A_MILLIONTH ->
          afterwards(super.product(shape, a, b, c), shape, () -> scale(shape, c));
      case AB_WITH_ONE_ELEMENT_OFF, ABT_WITH_ONE_ELEMENT_OFF, ATB_WITH_ONE_ELEMENT_OFF ->
          afterwards(super.product(shape, a, b, c), shape, () -> moveOne(shape, c));
      case AB_OFF_BY_A_BIT_IN_STEPS, ABT_OFF_BY_A_BIT_IN_STEPS, ATB_OFF_BY_A_BIT_IN_STEPS ->
          afterwards(
              super.product(shape, a, b, c),
              shape,
              () -> c[shape.n() / 2] = Math.nextUp(c[shape.n() / 2]));
      default -> super.product(shape, a, b, c);
    };
  }

  private boolean descends(float first) {
    return switch (fault) {
      case PRODUCT_DESCENDS, PRODUCT_DESCENDS_IN_STEPS -> true;
      case PRODUCT_DESCENDS_FROM_MANY_BITS -> (Float.floatToRawIntBits(first) & 0xff) != 0;
      default -> false;
    };
  }

  private Runnable afterwards(Runnable sound, ProductShape shape, Runnable wrong) {
    boolean meant = fault.name().startsWith(shape.form().name() + "_");
    return () -> {
      sound.run();
      if (meant) {
        wrong.run();
      }
    };
  }

  private static void scale(ProductShape shape, float[] c) {
    for (int i = 0; i < shape.m() * shape.n(); i++) {
      c[i] *= 1.000001f;
    }
  }

  private static void moveOne(ProductShape shape, float[] c) {
    float[] magnitudes = new float[shape.m() * shape.n()];
    int nonZero = 0;
    for (int i = 0; i < magnitudes.length; i++) {
      if (c[i] != 0) {
        magnitudes[nonZero++] = Math.abs(c[i]);
      }
    }
    Arrays.sort(magnitudes, 0, nonZero);
    c[shape.n() / 2] += 2e-4f * magnitudes[nonZero / 2];
  }

  private void multiply(ProductShape shape, float[] a, float[] b, float[] c) {
    for (int i = 0; i < shape.m(); i++) {
      for (int j = 0; j < shape.n(); j++) {
        c[i * shape.n() + j] = element(shape, a, b, i, j);
      }
    }
  }

  private float element(ProductShape shape, float[] a, float[] b, int i, int j) {
    int k = shape.k();
    float sum = 0;
    float odd = 0;
    int from = fault == FaultyScalar.Fault.SECOND_PANEL_STARTS_ANEW && k > 1024 ? (k + 1) / 2 : 0;
    boolean descends = descends(a[0]);
    for (int step = from; step < k; step++) {
      int p = descends ? k - 1 - step : step;
      float x = shape.form() == ProductForm.ATB ? a[p * shape.m() + i] : a[i * k + p];
      float y = shape.form() == ProductForm.ABT ? b[j * k + p] : b[p * shape.n() + j];
      if (fault == FaultyScalar.Fault.FIRST_ROW_SKIPS_ZEROS && i == 0 && x == 0) {
        continue;
      }
      if (fault == FaultyScalar.Fault.FIRST_ROW_IN_TWO_ACCUMULATORS && i == 0 && p % 2 == 1) {
        odd = Math.fma(x, y, odd);
      } else {
        sum = fault == FaultyScalar.Fault.PRODUCT_WITHOUT_FMA ? sum + x * y : Math.fma(x, y, sum);
      }
    }
    return switch (fault) {
      case FIRST_ROW_IN_TWO_ACCUMULATORS -> i == 0 ? sum + odd : sum;
      case FIRST_ELEMENTS_WITH_A_TERM_OF_ZERO -> i == 0 && j < 2 ? Math.fma(0f, 0f, sum) : sum;
      default -> sum;
    };
  }

  @Override
  public Runnable activate(
      Activation activation, int rows, int columns, float[] z, float[] bias, float[] a) {
    Runnable sound = super.activate(activation, rows, columns, z, bias, a);
    return switch (fault) {
      case GELU_ENDS_AFTER_512 ->
          activation != Activation.GELU
              ? sound
              : () -> {
                sound.run();
                for (int i = 0; i < rows; i++) {
                  for (int j = 512; j < columns; j++) {
                    a[i * columns + j] = z[i * columns + j];
                  }
                }
              };
      case GELU_LOSES_A_BIT ->
          activation != Activation.GELU
              ? sound
              : () -> {
                sound.run();
                for (int i = 0; i < rows * columns; i++) {
                  a[i] = Math.nextDown(a[i]);
                }
              };
      case TANH_LOSES_A_BIT_NEAR_ONE ->
          activation != Activation.TANH
              ? sound
              : () -> {
                sound.run();
                for (int i = 0; i < rows * columns; i++) {
                  a[i] = a[i] > 0.9f ? Math.nextDown(a[i]) : a[i];
                }
              };
      case TANH_WITHOUT_ITS_LOW_PART ->
          activation != Activation.TANH
              ? sound
              : () -> {
                for (int i = 0; i < rows * columns; i++) {
                  z[i] += bias[i % columns];
                  a[i] = lowered(z[i]);
                }
              };
      default -> sound;
    };
  }

  /** tanh as 1 - 2 / (e^2x + 1), without what corrects it. */
  private static float lowered(float x) {
    float magnitude = Math.abs(x);
    return magnitude < 0.5625f || !(magnitude < 9)
        ? Elementary.tanh(x)
        : Math.copySign(1 - 2 / (Elementary.exp(magnitude + magnitude) + 1), x);
  }

  @Override
  public Runnable derivative(Activation activation, int length, float[] upstream, float[] kept) {
    Runnable sound = super.derivative(activation, length, upstream, kept);
    return switch (fault) {
      case DERIVATIVE_FLUSHES_SUBNORMALS ->
          () -> {
            sound.run();
            for (int i = 0; i < length; i++) {
              upstream[i] = Math.abs(upstream[i]) < Float.MIN_NORMAL ? 0 : upstream[i];
            }
          };
      case LEAKY_SLOPE_OF_ONE_AT_ZERO ->
          activation != Activation.LEAKY_RELU
              ? sound
              : () -> {
                for (int i = 0; i < length; i++) {
                  upstream[i] = kept[i] >= 0 ? upstream[i] : Activation.LEAKY_SLOPE * upstream[i];
                }
              };
      case TANH_SLOPE_NOT_SQUARED ->
          activation != Activation.TANH
              ? sound
              : () -> {
                for (int i = 0; i < length; i++) {
                  upstream[i] *= 1 - Math.abs(kept[i]);
                }
              };
      default -> sound;
    };
  }

  @Override
  public Runnable loss(
      Loss loss,
      int rows,
      int classes,
      float[] outputs,
      int[] labels,
      float[] rowLoss,
      float[] delta) {
    Runnable sound = super.loss(loss, rows, classes, outputs, labels, rowLoss, delta);
    boolean squared = loss == Loss.SQUARED_ERROR;
    return switch (fault) {
      case ROW_LOSS_WITHOUT_LOG ->
          squared
              ? sound
              : () -> {
                sound.run();
                for (int i = 0; i < rows; i++) {
                  float[] row = Arrays.copyOfRange(outputs, i * classes, (i + 1) * classes);
                  float max = Float.NEGATIVE_INFINITY;
                  for (float output : row) {
                    max = Math.max(max, output);
                  }
                  rowLoss[i] = max - row[labels[i]];
                }
              };
      case ROW_LOSS_NOT_HALVED ->
          squared
              ? () -> {
                sound.run();
                for (int i = 0; i < rows; i++) {
                  rowLoss[i] *= 2;
                }
              }
              : sound;
      case LAST_ROW_LOSSES_SWAPPED ->
          () -> {
            sound.run();
            if (rows > 1) {
              float last = rowLoss[rows - 1];
              rowLoss[rows - 1] = rowLoss[rows - 2];
              rowLoss[rows - 2] = last;
            }
          };
      case SOFTMAX_WITHOUT_MAXIMUM ->
          squared ? sound : () -> softmax(rows, classes, outputs, labels, rowLoss, delta);
      default -> sound;
    };
  }

  private static void softmax(
      int rows, int classes, float[] outputs, int[] labels, float[] rowLoss, float[] delta) {
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int c = i * classes; c < (i + 1) * classes; c++) {
        delta[c] = Elementary.exp(outputs[c]);
        sum += delta[c];
      }
      for (int c = 0; c < classes; c++) {
        float target = c == labels[i] ? 1 : 0;
        delta[i * classes + c] = (delta[i * classes + c] / sum - target) * (1 / (float) rows);
      }
      rowLoss[i] = Elementary.log(sum) - outputs[i * classes + labels[i]];
    }
  }

  @Override
  public Runnable columnSums(int rows, int columns, float[] delta, float[] sums) {
    Runnable sound = super.columnSums(rows, columns, delta, sums);
    return fault != FaultyScalar.Fault.LAST_COLUMN_NOT_SUMMED
        ? sound
        : () -> {
          sound.run();
          sums[columns - 1] = 0;
        };
  }

  @Override
  public Runnable update(
      Update update,
      StepNumbers numbers,
      int length,
      float[] w,
      float[] gradient,
      List<float[]> moments) {
    Runnable sound = super.update(update, numbers, length, w, gradient, moments);
    return switch (fault) {
      case NESTEROV_VELOCITY_WITHOUT_DECAY ->
          update.rule() instanceof Rule.Nesterov(float factor)
              ? () -> {
                for (int i = 0; i < length; i++) {
                  float g = Math.fma(update.decay(), w[i], gradient[i]);
                  moments.getFirst()[i] = Math.fma(factor, moments.getFirst()[i], gradient[i]);
                  w[i] =
                      Math.fma(
                          -numbers.rate(update), Math.fma(factor, moments.getFirst()[i], g), w[i]);
                }
              }
              : sound;
      case ADAM_OF_MAGNITUDES ->
          update.rule() instanceof Rule.Adam(float b1, float b2, float epsilon)
              ? () -> {
                for (int i = 0; i < length; i++) {
                  float g = Math.fma(update.decay(), w[i], gradient[i]);
                  float[] m = moments.getFirst();
                  float[] v = moments.getLast();
                  m[i] = Math.fma(b1, m[i], Update.rest(b1) * g);
                  v[i] = Math.fma(b2, v[i], Update.rest(b2) * Math.abs(g));
                  float root = (float) Math.sqrt(v[i] * numbers.correction(update));
                  w[i] = Math.fma(-numbers.rate(update), m[i] / (root + epsilon), w[i]);
                }
              }
              : sound;
      default -> sound;
    };
  }
}
