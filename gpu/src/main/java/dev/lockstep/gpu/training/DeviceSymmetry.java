package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.kernel.Kernels.Axis;
import dev.lockstep.gpu.kernel.Kernels.UnitNumbers;
import dev.lockstep.gpu.kernel.Kernels.ZeroSign;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.symmetry.Digest;
import dev.lockstep.symmetry.UnitClasses;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Unit classes and digests of tensors on the device. Only a digest and a flag a unit come to the
 * host; memory for them is given back at once.
 */
final class DeviceSymmetry {
  private final DeviceSession session;
  private final StepProgram program;
  private final Function<Tensor, DeviceMemory> memory;

  /**
   * Of a program's tensors.
   *
   * @param memory where they lie
   */
  DeviceSymmetry(
      DeviceSession session, StepProgram program, Function<Tensor, DeviceMemory> memory) {
    this.session = session;
    this.program = program;
    this.memory = memory;
  }

  /** Digests of W1, b1, W2, b2, ... */
  List<Digest> digests() {
    return program.values().values().stream()
        .map(tensor -> digest(memory.apply(tensor), tensor.size()))
        .toList();
  }

  /** A tensor as the numbers of one unit. */
  private Digest digest(DeviceMemory tensor, int size) {
    long[] halves =
        unitDigests(List.of(new UnitNumbers(tensor, 1, size, Axis.ROW)), 1, ZeroSign.COUNTS);
    return new Digest(halves[0], halves[1]);
  }

  /** Classes of the units of a hidden layer by their parameters. */
  UnitClasses unitClasses(int hidden) {
    return unitClasses(program.values().values().stream(), hidden);
  }

  /** Classes of them by one tensor of a step. */
  UnitClasses unitClasses(Tensor tensor, int hidden) {
    return unitClasses(Stream.of(tensor), hidden);
  }

  /** Of each tensor that counts the layer's units in rows or columns. */
  private UnitClasses unitClasses(Stream<Tensor> tensors, int hidden) {
    dev.lockstep.model.Axis units = program.layers().get(hidden).activations().columns();
    List<UnitNumbers> numbers =
        tensors
            .filter(tensor -> tensor.has(units))
            .map(
                tensor ->
                    new UnitNumbers(
                        memory.apply(tensor),
                        tensor.rows().size(),
                        tensor.columns().size(),
                        tensor.columns().equals(units) ? Axis.COLUMN : Axis.ROW))
            .toList();
    int[] exact = classes(numbers, units.size(), ZeroSign.COUNTS);
    // One class of bits is one class by value: units in lockstep are gone through once.
    boolean lockstep = Arrays.stream(exact).allMatch(first -> first == 0);
    int[] byValue = lockstep ? exact : classes(numbers, units.size(), ZeroSign.IGNORED);
    return new UnitClasses(exact, byValue);
  }

  private int[] classes(List<UnitNumbers> numbers, int units, ZeroSign zeroSign) {
    return separate(numbers, unitDigests(numbers, units, zeroSign), zeroSign);
  }

  /** For each unit two sums. */
  private long[] unitDigests(List<UnitNumbers> numbers, int units, ZeroSign zeroSign) {
    try (Closing owned = new Closing()) {
      DeviceMemory digests =
          owned.own(
              DeviceMemory.allocate(session.context, "digests of units", 2L * units * Long.BYTES));
      session.stream.clear(digests);
      long offset = 0;
      for (UnitNumbers part : numbers) {
        session.kernels.unitDigests(digests, part, offset, zeroSign).into(session.stream);
        offset += part.axis() == Axis.COLUMN ? part.rows() : part.columns();
      }
      long[] sums = new long[2 * units];
      session.staging.download(digests, sums);
      return sums;
    }
  }

  /**
   * Units of equal digest form a class, once their numbers have been compared with those of its
   * lowest unit. Units that turn out to differ form classes of their own, until none differs.
   *
   * @param digests two sums a unit
   * @return for each unit the lowest unit of its class
   */
  int[] separate(List<UnitNumbers> numbers, long[] digests, ZeroSign zeroSign) {
    int units = digests.length / 2;
    int[] classOf = new int[units];
    boolean[] open = new boolean[units];
    Arrays.fill(open, true);
    try (Closing owned = new Closing()) {
      DeviceMemory classes = owned.own(session.allocate("classes of units", units));
      DeviceMemory unequal = owned.own(session.allocate("units that differ", units));
      int[] differs = new int[units];
      while (group(digests, open, classOf)) {
        session.staging.upload(classOf, classes);
        session.stream.clear(unequal);
        for (UnitNumbers part : numbers) {
          session.kernels.compareUnits(unequal, classes, part, zeroSign).into(session.stream);
        }
        session.staging.download(unequal, differs);
        for (int j = 0; j < units; j++) {
          open[j] = differs[j] != 0;
        }
      }
    }
    return classOf;
  }

  /** Puts open units of equal digest under the lowest of them; false if none is open. */
  private static boolean group(long[] digests, boolean[] open, int[] classOf) {
    Map<Digest, Integer> lowest = new HashMap<>();
    for (int j = 0; j < classOf.length; j++) {
      if (open[j]) {
        Integer first = lowest.putIfAbsent(new Digest(digests[2 * j], digests[2 * j + 1]), j);
        classOf[j] = first == null ? j : first;
      }
    }
    return !lowest.isEmpty();
  }
}
