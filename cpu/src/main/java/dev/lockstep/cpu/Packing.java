package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a block of an operand into the order in which the micro-kernel reads it.
 *
 * <p>A block has {@code depth} terms by {@code lanes} rows (of A) or columns (of B). It is cut into
 * panels of {@code width} lanes, one panel after the other; in a panel all lanes of one term lie
 * side by side: element (k, lane) becomes float {@code at + (lane - lane % width) * depth + k *
 * width + lane % width}. The last panel is filled up with zeros: these lanes are computed and never
 * stored. Nothing is ever filled up along k.
 */
final class Packing {
  /**
   * Terms copied at a time where lanes lie side by side: few enough for the processor to fetch
   * ahead in each of these source rows, and enough to fill whole cache lines of a panel.
   */
  private static final int TERMS_AT_A_TIME = 8;

  /** Floats of a panel written at a time where they are transposed: 16 KiB stay in the L1 cache. */
  private static final int STRIP_FLOATS = 4096;

  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int L = Lanes.COUNT;

  private Packing() {}

  /** Packs a block whose element (k, lane) is {@code source[offset + k * stride + lane]}. */
  static void lanesInRow(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int depth,
      MemorySegment panels,
      int at,
      int width) {
    int whole = lanes - lanes % width;
    for (int k0 = 0; k0 < depth; k0 += TERMS_AT_A_TIME) {
      int k1 = Math.min(depth, k0 + TERMS_AT_A_TIME);
      for (int lane = 0; lane < whole; lane += width) {
        for (int k = k0; k < k1; k++) {
          copy(source, offset + k * stride + lane, panels, at + lane * depth + k * width, width);
        }
      }
    }
    int rest = lanes - whole;
    for (int k = 0; rest > 0 && k < depth; k++) {
      for (int lane = 0; lane < width; lane++) {
        float value = lane < rest ? source[offset + k * stride + whole + lane] : 0f;
        set(panels, at + whole * depth + k * width + lane, value);
      }
    }
  }

  private static void copy(float[] source, int from, MemorySegment panels, int to, int width) {
    if (width % L == 0) {
      for (int i = 0; i < width; i += L) {
        FloatVector.fromArray(Lanes.SPECIES, source, from + i)
            .intoMemorySegment(panels, (to + i) * (long) Float.BYTES, ORDER);
      }
    } else if (width == EIGHT.length()) {
      FloatVector.fromArray(EIGHT, source, from)
          .intoMemorySegment(panels, to * (long) Float.BYTES, ORDER);
    } else {
      for (int i = 0; i < width; i++) {
        set(panels, to + i, source[from + i]);
      }
    }
  }

  /** Packs a block whose element (k, lane) is {@code source[offset + lane * stride + k]}. */
  static void termsInRow(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int depth,
      MemorySegment panels,
      int at,
      int width) {
    int strip = STRIP_FLOATS / width;
    for (int lane0 = 0; lane0 < lanes; lane0 += width) {
      int used = Math.min(width, lanes - lane0);
      for (int k0 = 0; k0 < depth; k0 += strip) {
        int terms = Math.min(strip, depth - k0);
        int from = offset + lane0 * stride + k0;
        int to = at + lane0 * depth + k0 * width;
        strip(source, from, stride, used, terms, panels, to, width);
      }
    }
  }

  /** Transposes the lanes of one panel, some of its terms. */
  private static void strip(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int terms,
      MemorySegment panels,
      int at,
      int width) {
    int inBlocks = terms - terms % L;
    int lane = 0;
    for (; lane + L <= lanes; lane += L) {
      int from = offset + lane * stride;
      for (int k = 0; k < inBlocks; k += L) {
        Transposition.block(source, from + k, stride, panels, at + k * width + lane, width);
      }
      for (int i = 0; i < L && inBlocks < terms; i += 4) {
        fourLanes(source, from + i * stride, stride, inBlocks, terms, panels, at + lane + i, width);
      }
    }
    for (; lane + 4 <= lanes; lane += 4) {
      fourLanes(source, offset + lane * stride, stride, 0, terms, panels, at + lane, width);
    }
    for (; lane < width; lane++) {
      for (int k = 0; k < terms; k++) {
        float value = lane < lanes ? source[offset + lane * stride + k] : 0f;
        set(panels, at + k * width + lane, value);
      }
    }
  }

  private static void fourLanes(
      float[] source,
      int from,
      int stride,
      int k0,
      int k1,
      MemorySegment panels,
      int at,
      int width) {
    int from1 = from + stride;
    int from2 = from1 + stride;
    int from3 = from2 + stride;
    for (int k = k0; k < k1; k++) {
      int to = at + k * width;
      set(panels, to, source[from + k]);
      set(panels, to + 1, source[from1 + k]);
      set(panels, to + 2, source[from2 + k]);
      set(panels, to + 3, source[from3 + k]);
    }
  }

  private static void set(MemorySegment panels, int index, float value) {
    panels.set(JAVA_FLOAT, index * (long) Float.BYTES, value);
  }
}
