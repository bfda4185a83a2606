package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Memory for a packed part of an operand.
 *
 * <p>For vectors of 64 bytes it lies outside the heap and starts at a cache line: tiles take 5 to
 * 10 percent longer if such vectors straddle two lines. The garbage collector frees it with its
 * last user. For narrower vectors it is an array, because HotSpot removes the checks from a loop
 * over an array. For a MemorySegment it checks bounds and alignment of each access, which takes as
 * long as the few multiply-adds of a smaller tile.
 *
 * @param memory the memory outside the heap, or {@link MemorySegment#NULL}
 * @param array the array, or an empty one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Packed(MemorySegment memory, float[] array) {
  /**
   * Whether this JVM uses memory outside the heap. It is a constant, so accesses do not test it.
   */
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

  /** Loads the vector that starts at float {@code at}. */
  FloatVector get(int at) {
    return OUTSIDE
        ? FloatVector.fromMemorySegment(Lanes.SPECIES, memory, bytes(at), ORDER)
        : FloatVector.fromArray(Lanes.SPECIES, array, at);
  }

  /** Stores a vector from float {@code at} on. */
  void put(FloatVector vector, int at) {
    if (OUTSIDE) {
      vector.intoMemorySegment(memory, bytes(at), ORDER);
    } else {
      vector.intoArray(array, at);
    }
  }

  /** Stores some lanes of a vector from float {@code at} on. */
  void put(FloatVector vector, int at, VectorMask<Float> lanes) {
    if (OUTSIDE) {
      vector.intoMemorySegment(memory, bytes(at), ORDER, lanes);
    } else {
      vector.intoArray(array, at, lanes);
    }
  }

  /** Stores one float. */
  void put(float value, int at) {
    if (OUTSIDE) {
      memory.set(JAVA_FLOAT, bytes(at), value);
    } else {
      array[at] = value;
    }
  }
}
