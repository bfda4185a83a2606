package dev.lockstep.fuzz;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A reader of foreign data, for a coverage-guided fuzzer. Targets are the constants of an enum; to
 * add one, add a constant and name it in the profile {@code fuzz} of the module's pom.xml.
 */
public interface FuzzTarget {

  /** Sound inputs, from which the fuzzer starts. */
  List<byte[]> seeds() throws IOException;

  /**
   * Reads an input.
   *
   * @throws AssertionError if the reader did what none may do, see {@link Fuzzed}
   */
  void accept(byte[] input);

  /**
   * The target of a name.
   *
   * @param name an enum and one of its constants, {@code dev.lockstep.x.Fuzz#CSV}; or the enum
   *     alone: then the first byte of an input chooses the constant that reads the rest
   */
  static FuzzTarget named(String name) {
    String[] parts = name.split("#", 2);
    try {
      Object[] constants = Class.forName(parts[0]).getEnumConstants();
      List<FuzzTarget> targets =
          Arrays.stream(constants == null ? new Object[0] : constants)
              .filter(each -> parts.length == 1 || ((Enum<?>) each).name().equals(parts[1]))
              .map(FuzzTarget.class::cast)
              .toList();
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("no fuzz target is named " + name);
      }
      return parts.length == 1 ? new Chosen(targets) : targets.getFirst();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("no fuzz target is named " + name, e);
    }
  }

  /** All targets of an enum, one of which the first byte chooses. */
  record Chosen(List<FuzzTarget> targets) implements FuzzTarget {

    @Override
    public List<byte[]> seeds() throws IOException {
      List<byte[]> seeds = new ArrayList<>();
      for (int i = 0; i < targets.size(); i++) {
        for (byte[] seed : targets.get(i).seeds()) {
          byte[] input = new byte[seed.length + 1];
          input[0] = (byte) i;
          System.arraycopy(seed, 0, input, 1, seed.length);
          seeds.add(input);
        }
      }
      return seeds;
    }

    @Override
    public void accept(byte[] input) {
      if (input.length > 0) {
        targets
            .get(Byte.toUnsignedInt(input[0]) % targets.size())
            .accept(Arrays.copyOfRange(input, 1, input.length));
      }
    }
  }
}
