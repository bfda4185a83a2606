package dev.lockstep.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The vector width of all kernels in this JVM.
 *
 * <p>The width is a constant, because HotSpot keeps vectors in registers only if it knows their
 * species. It has no influence on a result: lanes hold different outputs, so each output is the
 * same chain of operations at every width.
 */
final class Lanes {
  /** The system property that sets the width in bits to 128, 256 or 512. */
  static final String BITS_PROPERTY = "lockstep.vector.bits";

  private static final int WIDEST = 512;

  /** The species that the property sets, or else the widest of the machine, up to 512 bits. */
  static final VectorSpecies<Float> SPECIES = choose(System.getProperty(BITS_PROPERTY));

  /** The number of floats in a vector. */
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
