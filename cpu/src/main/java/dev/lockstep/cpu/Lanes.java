package dev.lockstep.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The one vector width of all kernels in this JVM.
 *
 * <p>It is a constant, because the compiler keeps vectors in registers only where it knows the
 * species. The width never shows in a result: lanes hold different outputs, so each output is the
 * same chain of operations at every width.
 */
final class Lanes {
  /** System property that sets the width in bits: 128, 256 or 512. */
  static final String BITS_PROPERTY = "lockstep.vector.bits";

  private static final int WIDEST = 512;

  /** The species of the property, or else the widest that the machine has, 512 bits at most. */
  static final VectorSpecies<Float> SPECIES = choose(System.getProperty(BITS_PROPERTY));

  /** Floats in a vector. */
  static final int COUNT = SPECIES.length();

  private Lanes() {}

  private static VectorSpecies<Float> choose(@Nullable String bits) {
    if (bits == null) {
      int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
      return ofBits(Math.min(preferred, WIDEST));
    }
    return switch (bits) {
      case "128", "256", "512" -> ofBits(Integer.parseInt(bits));
      default ->
          throw new IllegalArgumentException(
              BITS_PROPERTY + " must be 128, 256 or 512, not " + bits);
    };
  }

  private static VectorSpecies<Float> ofBits(int bits) {
    return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }
}
