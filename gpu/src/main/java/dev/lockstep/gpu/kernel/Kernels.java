package dev.lockstep.gpu.kernel;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Kernel;
import dev.lockstep.gpu.driver.KernelModule;
import dev.lockstep.gpu.driver.Launch;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.ProductShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The project's kernels, loaded on one device. Each method makes a launch of one kernel, which can
 * be enqueued any number of times. Matrices are row-major binary32 unless a method says otherwise.
 */
public final class Kernels implements Closing.Resource {
  private static final String PTX = "lockstep.ptx";
  private static final int THREADS = 256;
  private static final int WARP = 32;

  /** Of a formula. */
  private static final int MOST_OPERANDS = 3;

  /** Most blocks per multiprocessor of an elementwise kernel, whose threads loop over the rest. */
  private static final int BLOCKS_PER_MULTIPROCESSOR = 8;

  private final KernelModule module;
  private final int multiprocessors;
  private final Map<String, Kernel> kernels = new HashMap<>();

  private Kernels(KernelModule module, int multiprocessors) {
    this.module = module;
    this.multiprocessors = multiprocessors;
  }

  /**
   * Compiles the kernels for the context's device.
   *
   * @throws dev.lockstep.gpu.driver.CudaFault if the driver refuses them
   */
  public static Kernels load(Context context) {
    int multiprocessors = context.multiprocessors();
    return new Kernels(KernelModule.load(ptx()), multiprocessors);
  }

  /** The PTX of all kernels. */
  static String ptx() {
    try (InputStream resource = Kernels.class.getResourceAsStream(PTX)) {
      if (resource == null) {
        throw new IllegalStateException("this build has no " + PTX);
      }
      return new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A product, as below, with the tile that suits its shape. */
  public Launch product(
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand) {
    return product(Tile.of(shape, multiprocessors), shape, a, b, c, epilogue, operand);
  }

  /**
   * Computes C[m][n] = op(A)[m][k] op(B)[k][n] and applies the epilogue. Every element is one chain
   * of fma from +0 with ascending k.
   */
  public Launch product(
      Tile tile,
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand) {
    String name =
        String.format(
            Locale.ROOT, "gemm_%s_%s", shape.form().name().toLowerCase(Locale.ROOT), tile.label());
    Launch.Builder launch =
        start(name, c)
            .pointer(c)
            .pointer(a)
            .pointer(b)
            .integer(shape.m())
            .integer(shape.n())
            .integer(shape.k())
            .integer(epilogue.code())
            .integer(epilogue.activationCode());
    pointer(launch, operand.tensor()).number(operand.rate());
    return pointer(launch, operand.state())
        .over(Launch.Dim.of(Math.toIntExact(tile.blocks(shape))), Launch.Dim.of(tile.threads()));
  }

  /**
   * The operands of an epilogue.
   *
   * @param tensor biases [n] or activations [m][n]; null if the epilogue needs neither
   * @param rate learning rate
   * @param state the state of the step, whose flag stops updates; null to update always
   */
  public record Operand(@Nullable DeviceMemory tensor, float rate, @Nullable DeviceMemory state) {
    /** No operand, for {@link Epilogue#STORE}. */
    public static final Operand NONE = new Operand(null, 0, null);

    /** Biases or activations as the operand. */
    public static Operand of(DeviceMemory tensor) {
      return new Operand(tensor, 0, null);
    }

    /** The operands of {@link Epilogue#SGD}. */
    public static Operand update(float rate, @Nullable DeviceMemory state) {
      return new Operand(null, rate, state);
    }
  }

  /**
   * Computes z[i][j] = z[i][j] + b[j] and a = f(z).
   *
   * @param z [rows][columns], changed in place
   * @param bias [columns]
   * @param a [rows][columns]; it may be z if the activation does not keep its input
   */
  public Launch biasActivation(
      Activation activation,
      DeviceMemory z,
      DeviceMemory bias,
      DeviceMemory a,
      long rows,
      int columns) {
    long count = rows * columns;
    return start("bias_activation", a)
        .pointer(z)
        .pointer(bias)
        .pointer(a)
        .integer(count)
        .integer(columns)
        .integer(activation.ordinal())
        .over(elementwise(count), Launch.Dim.of(THREADS));
  }

  /**
   * Computes shifted = bias + noise, with the noise of the step that the state names.
   *
   * @param from the index of the layer's first number among the {@code stride} numbers of a step
   */
  public Launch shiftBias(
      DeviceMemory shifted,
      DeviceMemory bias,
      StepNoise noise,
      int columns,
      int from,
      DeviceMemory state) {
    return start("shift_bias", shifted)
        .pointer(shifted)
        .pointer(bias)
        .pointer(noise.table())
        .integer(columns)
        .integer(from)
        .integer(noise.stride())
        .integer(noise.slots())
        .pointer(state)
        .over(elementwise(columns), Launch.Dim.of(THREADS));
  }

  /**
   * The noise that is added to biases, a ring of steps.
   *
   * @param table [slots][stride]
   * @param slots the length of the ring; step s uses slot s modulo slots
   * @param stride numbers of a step
   */
  public record StepNoise(DeviceMemory table, int slots, int stride) {}

  /**
   * Multiplies upstream by the activation's derivative, in place.
   *
   * @param kept the activation's input z if it keeps its input, else its output
   */
  public Launch derivative(
      Activation activation, DeviceMemory upstream, DeviceMemory kept, long count) {
    return start("derivative", upstream)
        .pointer(upstream)
        .pointer(kept)
        .integer(count)
        .integer(activation.ordinal())
        .over(elementwise(count), Launch.Dim.of(THREADS));
  }

  /**
   * Computes the loss of each row and delta, the gradient of the mean loss by the outputs.
   *
   * @param outputs [rows][classes]
   * @param labels [rows], 32-bit integers
   * @param rowLoss [slots][rows], a ring; step s writes slot s modulo slots, or slot 0 without a
   *     state
   * @param delta [rows][classes]
   * @param state the state of the step, whose flag is set if a loss is not finite; or null
   */
  public Launch loss(
      Loss loss,
      DeviceMemory outputs,
      DeviceMemory labels,
      DeviceMemory rowLoss,
      DeviceMemory delta,
      int rows,
      int classes,
      int slots,
      @Nullable DeviceMemory state) {
    Launch.Dim blocks =
        switch (loss) {
          case CROSS_ENTROPY -> Launch.Dim.of(Math.max(1, Math.ceilDiv(rows, THREADS / WARP)));
          case SQUARED_ERROR -> elementwise(rows);
        };
    Launch.Builder launch =
        start(loss.name().toLowerCase(Locale.ROOT), delta)
            .pointer(outputs)
            .pointer(labels)
            .pointer(rowLoss)
            .pointer(delta)
            .integer(rows)
            .integer(classes)
            .integer(slots);
    return pointer(launch, state).over(blocks, Launch.Dim.of(THREADS));
  }

  /** Sums each column in ascending row order from +0, which gives the gradient of a bias. */
  public Launch columnSums(DeviceMemory delta, DeviceMemory sums, int rows, int columns) {
    return columnSums(delta, sums, rows, columns, Epilogue.STORE, Operand.NONE);
  }

  /** Sums each column as {@link #columnSums} does and updates the biases with the sums. */
  public Launch updateBias(
      DeviceMemory delta,
      DeviceMemory bias,
      int rows,
      int columns,
      float rate,
      @Nullable DeviceMemory state) {
    return columnSums(delta, bias, rows, columns, Epilogue.SGD, Operand.update(rate, state));
  }

  /** For each column the sum of a b, a chain of fma in ascending row order from +0. */
  public Launch columnProducts(
      DeviceMemory a, DeviceMemory b, DeviceMemory sums, int rows, int columns) {
    return start("column_products", sums)
        .pointer(a)
        .pointer(b)
        .pointer(sums)
        .integer(rows)
        .integer(columns)
        .over(elementwise(columns), Launch.Dim.of(THREADS));
  }

  /**
   * An operand of {@link #elementwise}.
   *
   * @param stride from a row to the next: the number of columns, or 0 if one row stands for all
   */
  public record Strided(DeviceMemory memory, int stride) {}

  /**
   * result[i][j] = formula of the operands' elements [i][j].
   *
   * @param operands as many as the formula has
   * @param result [rows][columns]; may be an operand of that size
   * @param state whose flag keeps the result as it is; or null
   */
  public Launch elementwise(
      Formula formula,
      List<Strided> operands,
      DeviceMemory result,
      int rows,
      int columns,
      @Nullable DeviceMemory state) {
    Launch.Builder launch =
        start("elementwise", result).integer(formula.kind().ordinal()).number(formula.constant());
    for (int i = 0; i < MOST_OPERANDS; i++) {
      Strided operand = operands.get(Math.min(i, operands.size() - 1));
      launch.pointer(operand.memory()).integer(operand.stride());
    }
    launch.pointer(result).integer(rows).integer(columns);
    return pointer(launch, state).over(elementwise((long) rows * columns), Launch.Dim.of(THREADS));
  }

  private Launch columnSums(
      DeviceMemory delta,
      DeviceMemory sums,
      int rows,
      int columns,
      Epilogue epilogue,
      Operand operand) {
    Launch.Builder launch =
        start("column_sums", sums)
            .pointer(delta)
            .pointer(sums)
            .integer(rows)
            .integer(columns)
            .integer(epilogue.code())
            .number(operand.rate());
    return pointer(launch, operand.state()).over(elementwise(columns), Launch.Dim.of(THREADS));
  }

  /**
   * Updates parameters from their gradients, unless the state says that a loss was not finite.
   *
   * @param moments the tensors that the rule keeps, each as long as the parameters
   * @param factors of each step; null if the update's rate and correction serve for all steps
   */
  public Launch update(
      Update update,
      DeviceMemory weights,
      DeviceMemory gradient,
      List<DeviceMemory> moments,
      long count,
      @Nullable StepFactors factors,
      @Nullable DeviceMemory state) {
    if (update.isPlain() && factors == null) {
      return sgd(weights, gradient, count, update.rate(), state);
    }
    Rule rule = update.rule();
    Launch.Builder launch = start("update", weights).pointer(weights).pointer(gradient);
    pointer(launch, moments.isEmpty() ? null : moments.getFirst());
    pointer(launch, moments.size() < 2 ? null : moments.get(1))
        .integer(count)
        .integer(rule.kind().ordinal())
        .number(update.rate())
        .number(update.decay())
        .number(rule.share(0))
        .number(rule.share(1))
        .number(rule.epsilon())
        .number(update.correction());
    pointer(launch, factors == null ? null : factors.table())
        .integer(factors == null ? 1 : factors.slots());
    return pointer(launch, state).over(elementwise(count), Launch.Dim.of(THREADS));
  }

  /**
   * The factors of updates that depend on the step, a ring of steps.
   *
   * @param table [slots][2]: the factor of the rates, and the correction of Adam's second moment
   * @param slots the length of the ring; step s uses slot s modulo slots
   */
  public record StepFactors(DeviceMemory table, int slots) {}

  /** Computes w = fma(-rate, g, w), unless the state says that a loss was not finite. */
  public Launch sgd(
      DeviceMemory weights,
      DeviceMemory gradient,
      long count,
      float rate,
      @Nullable DeviceMemory state) {
    Launch.Builder launch =
        start("sgd", weights).pointer(weights).pointer(gradient).integer(count).number(rate);
    return pointer(launch, state).over(elementwise(count), Launch.Dim.of(THREADS));
  }

  /**
   * Gathers the rows of the step that the state names: row i of x and y is row permutation[(step
   * mod stepsPerEpoch) * batch + i] of features and labels.
   */
  public Launch gatherBatch(
      DeviceMemory x,
      DeviceMemory y,
      DeviceMemory features,
      DeviceMemory labels,
      DeviceMemory permutation,
      int batch,
      int inputs,
      int stepsPerEpoch,
      DeviceMemory state) {
    return start("gather_batch", x)
        .pointer(x)
        .pointer(y)
        .pointer(features)
        .pointer(labels)
        .pointer(permutation)
        .integer(batch)
        .integer(inputs)
        .integer(stepsPerEpoch)
        .pointer(state)
        .over(blocks(batch), Launch.Dim.of(THREADS));
  }

  /** Advances the state to the next step. */
  public Launch advance(DeviceMemory state) {
    return start("advance", state).pointer(state).over(Launch.Dim.of(1), Launch.Dim.of(1));
  }

  /** Rounds binary32 to bfloat16, to nearest even. */
  public Launch roundToBfloat16(DeviceMemory source, DeviceMemory target, long count) {
    return start("round_to_bfloat16", target)
        .pointer(target)
        .pointer(source)
        .integer(count)
        .over(elementwise(count), Launch.Dim.of(THREADS));
  }

  /**
   * Adds to each unit's digest the digest of its numbers in a matrix.
   *
   * @param digests [units][2]
   * @param offset the position of a unit's first number in the matrix among all its numbers
   */
  public Launch unitDigests(
      DeviceMemory digests, UnitNumbers numbers, long offset, ZeroSign zeroSign) {
    return start("unit_digests", digests)
        .pointer(digests)
        .pointer(numbers.matrix())
        .integer(numbers.rows())
        .integer(numbers.columns())
        .integer(numbers.axis().ordinal())
        .integer(offset)
        .integer(zeroSign.ordinal())
        .over(elementwise(numbers.count()), Launch.Dim.of(THREADS));
  }

  /**
   * Sets unequal[j] to 1 if a number of unit j in a matrix differs from that of unit classOf[j].
   */
  public Launch compareUnits(
      DeviceMemory unequal, DeviceMemory classOf, UnitNumbers numbers, ZeroSign zeroSign) {
    return start("compare_units", unequal)
        .pointer(unequal)
        .pointer(classOf)
        .pointer(numbers.matrix())
        .integer(numbers.rows())
        .integer(numbers.columns())
        .integer(numbers.axis().ordinal())
        .integer(zeroSign.ordinal())
        .over(elementwise(numbers.count()), Launch.Dim.of(THREADS));
  }

  /**
   * A matrix that contains some of each unit's numbers.
   *
   * @param matrix rows x columns
   * @param axis whether unit j owns row j or column j
   */
  public record UnitNumbers(DeviceMemory matrix, int rows, int columns, Axis axis) {
    long count() {
      return (long) rows * columns;
    }
  }

  /**
   * The part of a matrix that one unit owns. The constants are in the order of unit_classes.cuh.
   */
  public enum Axis {
    COLUMN,
    ROW
  }

  /** Whether -0 differs from +0. The constants are in the order of unit_classes.cuh. */
  public enum ZeroSign {
    COUNTS,
    IGNORED
  }

  private Launch.Builder start(String name, DeviceMemory result) {
    return new Launch.Builder(kernels.computeIfAbsent(name, module::kernel), result.tensor());
  }

  private static Launch.Builder pointer(Launch.Builder launch, @Nullable DeviceMemory memory) {
    return memory == null ? launch.integer(0L) : launch.pointer(memory);
  }

  private Launch.Dim elementwise(long count) {
    return blocks(Math.ceilDiv(count, (long) THREADS));
  }

  /** That number of blocks, limited to what the device has room for; their threads loop. */
  private Launch.Dim blocks(long blocks) {
    return Launch.Dim.of(
        (int) Math.clamp(blocks, 1, (long) multiprocessors * BLOCKS_PER_MULTIPROCESSOR));
  }

  @Override
  public void close() {
    module.close();
  }
}
