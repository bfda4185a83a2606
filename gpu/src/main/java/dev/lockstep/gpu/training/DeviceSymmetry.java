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
 * Finds unit classes and digests of tensors on the device. Only a digest and a flag per unit are
 * copied to the host; memory for them is freed at once.
 */
final class DeviceSymmetry {
  private final DeviceSession session;
  private final StepProgram program;
  private final Function<Tensor, DeviceMemory> memory;

  /**
   * Takes the tensors of a program.
   *
   * @param memory returns the memory of a tensor
   */
  DeviceSymmetry(
      DeviceSession session, StepProgram program, Function<Tensor, DeviceMemory> memory) {
    this.session = session;
    this.program = program;
    this.memory = memory;
  }

  /** Returns the digests of the parameters, in the order W1, b1, W2, b2, ... */
  List<Digest> digests() {
    return program.values().values().stream()
        .map(tensor -> digest(memory.apply(tensor), tensor.size()))
        .toList();
  }

  /** Returns the digest of a whole tensor, taken as the numbers of one unit. */
  private Digest digest(DeviceMemory tensor, int size) {
    long[] halves =
        unitDigests(List.of(new UnitNumbers(tensor, 1, size, Axis.ROW)), 1, ZeroSign.COUNTS);
    return new Digest(halves[0], halves[1]);
  }

  /** Returns the classes of the units of a hidden layer by their parameters. */
  UnitClasses unitClasses(int hidden) {
    return unitClasses(program.values().values().stream(), hidden);
  }

  /** Returns the classes of the units of a hidden layer by one tensor of a step. */
  UnitClasses unitClasses(Tensor tensor, int hidden) {
    return unitClasses(Stream.of(tensor), hidden);
  }

  /** Returns the classes by all given tensors whose rows or columns are the layer's units. */
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
    // Units of equal bits have equal values, so a layer in lockstep needs no second pass.
    boolean lockstep = Arrays.stream(exact).allMatch(first -> first == 0);
    int[] byValue = lockstep ? exact : classes(numbers, units.size(), ZeroSign.IGNORED);
    return new UnitClasses(exact, byValue);
  }

  private int[] classes(List<UnitNumbers> numbers, int units, ZeroSign zeroSign) {
    return separate(numbers, unitDigests(numbers, units, zeroSign), zeroSign);
  }

  /** Returns two sums for each unit. */
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
   * Groups units of equal digest and compares the numbers of each with those of the lowest unit in
   * its group. Units that differ are grouped again, until none differs.
   *
   * @param digests two sums for each unit
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

  /**
   * Assigns open units of equal digest to the lowest of them; returns whether any unit was open.
   */
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
