package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Room for a packed part of an operand.
 *
 * <p>For vectors of 64 bytes it lies outside the heap, where it starts at a cache line: where such
 * vectors straddle two lines the tiles take 5 to 10 percent longer. The garbage collector frees it
 * with its last user. For narrower ones it is an array, since a loop over an array needs no checks.
 * Over a MemorySegment the bounds and the alignment of each access are tested, which takes as long
 * as the few multiply-adds of a smaller tile.
 *
 * @param memory outside the heap, or {@link MemorySegment#NULL}
 * @param array in the heap, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Packed(MemorySegment memory, float[] array) {
  /** Where all of them lie in this JVM: a constant, so that no access asks. */
  private static final boolean OUTSIDE = MicroKernel.WIDE;

  private static final long LINE_BYTES = 64;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  static final Packed NONE = new Packed(MemorySegment.NULL, new float[0]);

  static Packed of(int floats) {
    return OUTSIDE
        ? new Packed(Arena.ofAuto().allocate(bytes(floats), LINE_BYTES), new float[0])
        : new Packed(MemorySegment.NULL, new float[floats]);
  }

  private static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  boolean holds(int floats) {
    return OUTSIDE ? memory.byteSize() >= bytes(floats) : array.length >= floats;
  }

  /** The vector that starts at a float. */
  FloatVector get(int at) {
    return OUTSIDE
        ? FloatVector.fromMemorySegment(Lanes.SPECIES, memory, bytes(at), ORDER)
        : FloatVector.fromArray(Lanes.SPECIES, array, at);
  }

  /** Stores a vector from a float on. */
  void put(FloatVector vector, int at) {
    if (OUTSIDE) {
      vector.intoMemorySegment(memory, bytes(at), ORDER);
    } else {
      vector.intoArray(array, at);
    }
  }

  /** Stores some lanes of a vector. */
  void put(FloatVector vector, int at, VectorMask<Float> lanes) {
    if (OUTSIDE) {
      vector.intoMemorySegment(memory, bytes(at), ORDER, lanes);
    } else {
      vector.intoArray(array, at, lanes);
    }
  }

  /** Stores a number. */
  void put(float value, int at) {
    if (OUTSIDE) {
      memory.set(JAVA_FLOAT, bytes(at), value);
    } else {
      array[at] = value;
    }
  }
}
