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
 * The kernels, loaded on one device; each method makes a launch of one of them, to be put into a
 * stream any number of times. Matrices are row-major binary32 unless it is said otherwise.
 */
public final class Kernels implements Closing.Resource {
  private static final String PTX = "lockstep.ptx";
  private static final int THREADS = 256;
  private static final int WARP = 32;

  /** Blocks of an elementwise kernel for each multiprocessor: its threads step over the rest. */
  private static final int BLOCKS_PER_MULTIPROCESSOR = 8;

  private final KernelModule module;
  private final int multiprocessors;
  private final Map<String, Kernel> kernels = new HashMap<>();

  private Kernels(KernelModule module, int multiprocessors) {
    this.module = module;
    this.multiprocessors = multiprocessors;
  }

  /** Compiles the kernels for the context's device. */
  public static Kernels load(Context context) {
    int multiprocessors = context.multiprocessors();
    return new Kernels(KernelModule.load(ptx()), multiprocessors);
  }

  /** The kernels as they are given to the driver. */
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

  /** A product with the tile that suits its shape. */
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
   * C[m][n] = op(A)[m][k] op(B)[k][n], every element one chain of fma from +0 with ascending k, and
   * what the epilogue makes of it.
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
   * What an epilogue works with.
   *
   * @param tensor biases [n], or activations [m][n]
   * @param rate learning rate
   * @param state of the step, whose flag stops updates
   */
  public record Operand(@Nullable DeviceMemory tensor, float rate, @Nullable DeviceMemory state) {
    /** For {@link Epilogue#STORE}. */
    public static final Operand NONE = new Operand(null, 0, null);

    /** Biases or activations. */
    public static Operand of(DeviceMemory tensor) {
      return new Operand(tensor, 0, null);
    }

    /** For {@link Epilogue#SGD}. */
    public static Operand update(float rate, @Nullable DeviceMemory state) {
      return new Operand(null, rate, state);
    }
  }

  /**
   * z = z + b, a = f(z): both are rows x columns, b has an element a column.
   *
   * @param a may be z, if the activation does not keep its input
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
   * shifted = bias + the noise of the step that the state names.
   *
   * @param from of the layer's first number among the {@code stride} of a step
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
   * What is added to biases: a ring, indexed by the step modulo its length.
   *
   * @param table [slots][stride]
   */
  public record StepNoise(DeviceMemory table, int slots, int stride) {}

  /**
   * upstream = f'(upstream, kept), in place.
   *
   * @param kept z of an activation that keeps its input, else its output
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
   * Loss of outputs [rows][classes]: losses of rows, and delta.
   *
   * @param rowLoss a ring of {@code slots} x rows; the step's number modulo slots says which is
   *     written, the first without a state
   * @param state whose flag is set if a loss is not finite; or null
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
    String name =
        switch (loss) {
          case CROSS_ENTROPY -> "cross_entropy";
          case SQUARED_ERROR -> "squared_error";
        };
    Launch.Dim blocks =
        switch (loss) {
          case CROSS_ENTROPY -> Launch.Dim.of(Math.max(1, Math.ceilDiv(rows, THREADS / WARP)));
          case SQUARED_ERROR -> elementwise(rows);
        };
    Launch.Builder launch =
        start(name, delta)
            .pointer(outputs)
            .pointer(labels)
            .pointer(rowLoss)
            .pointer(delta)
            .integer(rows)
            .integer(classes)
            .integer(slots);
    return pointer(launch, state).over(blocks, Launch.Dim.of(THREADS));
  }

  /** Sums of columns in ascending row order from +0: the gradient of a bias. */
  public Launch columnSums(DeviceMemory delta, DeviceMemory sums, int rows, int columns) {
    return columnSums(delta, sums, rows, columns, Epilogue.STORE, Operand.NONE);
  }

  /** The same, and at once the update of the biases with it. */
  public Launch updateBias(
      DeviceMemory delta,
      DeviceMemory bias,
      int rows,
      int columns,
      float rate,
      @Nullable DeviceMemory state) {
    return columnSums(delta, bias, rows, columns, Epilogue.SGD, Operand.update(rate, state));
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
   * New parameters from their gradients, unless the state says that a loss was not finite.
   *
   * @param moments what the rule keeps of each parameter
   * @param factors of the steps; null if the update's rate and correction are those of all steps
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
   * What updates are computed with that depends on the step: a ring, indexed by the step modulo its
   * length.
   *
   * @param table [slots][2]: what rates are multiplied by, and the correction of Adam's second
   *     moment
   */
  public record StepFactors(DeviceMemory table, int slots) {}

  /** w = fma(-rate, g, w), unless the state says that a loss was not finite. */
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
   * The rows of the step that the state names: row i of x and y is row permutation[(step mod
   * stepsPerEpoch) batch + i] of features and labels.
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

  /** The state goes on to the next step. */
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
   * Adds to digests [units][2] the digest of the numbers that each unit has in a matrix.
   *
   * @param offset position of a unit's first number there among all its numbers
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
   * Sets unequal[j] to 1 if a number that unit j has in a matrix differs from that of unit
   * classOf[j].
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
   * A matrix that holds some of each unit's numbers.
   *
   * @param matrix rows x columns
   * @param axis whether unit j owns row j or column j
   */
  public record UnitNumbers(DeviceMemory matrix, int rows, int columns, Axis axis) {
    long count() {
      return (long) rows * columns;
    }
  }

  /** What of a matrix one unit owns; the order of the constants is that in unit_classes.cuh. */
  public enum Axis {
    COLUMN,
    ROW
  }

  /** Whether -0 is another number than +0; the order is that in unit_classes.cuh. */
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

  /** So many blocks, or as many as the device has room for: they step over the rest. */
  private Launch.Dim blocks(long blocks) {
    return Launch.Dim.of(
        (int) Math.clamp(blocks, 1, (long) multiprocessors * BLOCKS_PER_MULTIPROCESSOR));
  }

  @Override
  public void close() {
    module.close();
  }
}
