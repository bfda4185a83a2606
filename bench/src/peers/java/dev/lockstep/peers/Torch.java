package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** libtorch, loaded once through DJL from the files that the build unpacked: nothing is fetched. */
final class Torch {
  private static final Path FOLDER = Natives.file("pytorch/cpu/linux-x86_64");
  private static @Nullable Torch loaded;

  private final Engine engine;
  private final TorchOperators operators;
  private final TorchActivations activations;

  private Torch() {
    // DJL reads these once, when its engine is first asked for.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("PYTORCH_LIBRARY_PATH", FOLDER.toString());
    System.setProperty("PYTORCH_FLAVOR", "cpu");
    System.setProperty("ENGINE_CACHE_DIR", Natives.file("djl").toString());
    System.setProperty("OPT_OUT_TRACKING", "true");
    CLibrary.loadBoundToItself(FOLDER.resolve("libtorch_cpu.so"));
    engine = Engine.getEngine("PyTorch");
    JniUtils.setNumInteropThreads(1);
    CLibrary library = new CLibrary(FOLDER.resolve("libtorch_cpu.so"));
    operators = new TorchOperators(library);
    activations = new TorchActivations(library);
  }

  /**
   * Loads it, if it is not yet.
   *
   * @throws UnavailableException if it cannot be
   */
  static synchronized Torch load() {
    Torch known = loaded;
    if (known == null) {
      if (!Files.isDirectory(FOLDER)) {
        throw unavailable(FOLDER + " is not there");
      }
      try {
        known = new Torch();
      } catch (ai.djl.engine.EngineException | LinkageError e) {
        throw unavailable("libtorch cannot be loaded (" + e.getMessage() + ")");
      }
      loaded = known;
    }
    return known;
  }

  private static UnavailableException unavailable(String sentence) {
    return new UnavailableException(
        Cause.NATIVES, sentence, "build with `mvn -Ppeers package` on x86-64 Linux");
  }

  /** Such as {@code libtorch 2.7.1}. */
  String version() {
    return "libtorch " + engine.getVersion();
  }

  TorchOperators operators() {
    return operators;
  }

  TorchActivations activations() {
    return activations;
  }

  NDManager manager() {
    return engine.newBaseManager();
  }

  /** Threads of an operator, the caller's included; libtorch keeps the number for each caller. */
  void useThreads(int threads) {
    if (JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
  }

  int threads() {
    return JniUtils.getNumThreads();
  }

  /** A matrix in memory of libtorch's own. */
  NDArray tensor(NDManager manager, Matrix matrix) {
    NDArray tensor = zeros(manager, matrix.rows(), matrix.columns());
    set(tensor, matrix);
    return tensor;
  }

  /** Overwrites a tensor. */
  void set(NDArray tensor, Matrix matrix) {
    MemorySegment memory = operators.memory(tensor);
    if (matrix instanceof FloatMatrix floats) {
      MemorySegment.copy(floats.data(), 0, memory, JAVA_FLOAT, 0, matrix.size());
      return;
    }
    for (int i = 0; i < matrix.size(); i++) {
      memory.setAtIndex(JAVA_FLOAT, i, (float) matrix.value(i));
    }
  }

  /** Overwrites a tensor that is no view with another of its shape that is none. */
  void copy(NDArray from, NDArray to) {
    operators.memory(to).copyFrom(operators.memory(from));
  }

  /** Half the sum of the squares of each row. */
  float[] halfSquares(NDArray matrix) {
    try (NDArray squares = matrix.mul(matrix);
        NDArray sums = squares.sum(new int[] {1});
        NDArray halves = sums.mul(0.5f)) {
      return halves.toFloatArray();
    }
  }

  /** A copy of a tensor that is no view. */
  FloatMatrix matrix(NDArray tensor) {
    Shape shape = tensor.getShape();
    FloatMatrix matrix = new FloatMatrix((int) shape.get(0), (int) shape.get(1));
    MemorySegment.copy(operators.memory(tensor), JAVA_FLOAT, 0, matrix.data(), 0, matrix.size());
    return matrix;
  }

  /** One number a row, as indices of columns or of rows. */
  NDArray indices(NDManager manager, int[] numbers) {
    NDArray indices = manager.zeros(new Shape(numbers.length, 1), DataType.INT64);
    set(indices, numbers);
    return indices;
  }

  /** Overwrites indices. */
  void set(NDArray indices, int[] numbers) {
    MemorySegment memory = operators.memory(indices);
    for (int i = 0; i < numbers.length; i++) {
      memory.setAtIndex(JAVA_LONG, i, numbers[i]);
    }
  }

  static NDArray zeros(NDManager manager, int rows, int columns) {
    return manager.zeros(new Shape(rows, columns), DataType.FLOAT32);
  }
}
