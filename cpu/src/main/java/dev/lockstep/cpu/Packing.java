package dev.lockstep.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a block of an operand into the order in which the micro-kernel reads it.
 *
 * <p>A block has {@code depth} terms by {@code lanes} rows (of A) or columns (of B). It is cut into
 * consecutive panels of {@code width} lanes. In a panel, all lanes of one term lie side by side:
 * element (k, lane) becomes float {@code (lane - lane % width) * depth + k * width + lane % width}.
 * The last panel is padded with zeros; these lanes are computed and never stored. There is no
 * padding along k.
 */
final class Packing {
  /**
   * The terms copied at a time if panels are half a vector wide. They are few enough for the
   * processor to prefetch each of these source rows, and enough to fill whole cache lines of a
   * panel.
   */
  private static final int TERMS_AT_A_TIME = 8;

  /** The floats of a panel that are transposed at a time, 16 KiB, which stay in the L1 cache. */
  private static final int STRIP_FLOATS = 4096;

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private Packing() {}

  /**
   * Packs a block whose element (k, lane) is {@code source[offset + k * stride + lane]}.
   *
   * <p>It copies one row of the source after the other, each into all whole panels. The rows of a
   * wide matrix are pages apart, and the processor prefetches sooner in longer runs.
   */
  static void lanesInRow(
      float[] source, int offset, int stride, int lanes, int depth, Packed panels, int width) {
    int whole = 2 * width == L || width % L == 0 ? lanes - lanes % Math.max(width, L) : 0;
    if (2 * width == L) {
      twoPanels(source, offset, stride, whole, depth, panels);
    } else {
      for (int k = 0; k < depth; k++) {
        row(source, offset + k * stride, whole, panels, k * width, width * depth, width);
      }
    }
    for (int lane = whole; lane < lanes; lane += width) {
      int used = Math.min(width, lanes - lane);
      cutPanel(source, offset + lane, stride, used, depth, panels, lane * depth, width);
    }
  }

  /** Packs one term of whole panels, which begin {@code panel} floats apart. */
  private static void row(
      float[] source, int from, int lanes, Packed panels, int to, int panel, int width) {
    for (int lane = 0; lane < lanes; lane += width, to += panel) {
      for (int i = 0; i < width; i += L) {
        panels.put(FloatVector.fromArray(S, source, from + lane + i), to + i);
      }
    }
  }

  /** Packs a panel that needs padding, or whose width is no multiple of a vector. */
  private static void cutPanel(
      float[] source,
      int from,
      int stride,
      int lanes,
      int terms,
      Packed panels,
      int to,
      int width) {
    for (int i = 0; i < width; i += L) {
      VectorMask<Float> read = S.indexInRange(i, lanes);
      VectorMask<Float> written = S.indexInRange(i, width);
      for (int k = 0; k < terms; k++) {
        FloatVector some = FloatVector.fromArray(S, source, from + k * stride + i, read);
        panels.put(some, to + k * width + i, written);
      }
    }
  }

  /**
   * Does {@link #lanesInRow} if a panel is half a vector wide. It packs two terms of two panels at
   * a time, so that all loads and stores are whole vectors.
   */
  private static void twoPanels(
      float[] source, int offset, int stride, int lanes, int depth, Packed panels) {
    for (int k0 = 0; k0 < depth; k0 += TERMS_AT_A_TIME) {
      int k1 = Math.min(depth, k0 + TERMS_AT_A_TIME);
      for (int lane = 0; lane < lanes; lane += L) {
        twoWholePanels(source, offset + lane, stride, k0, k1, panels, lane * depth, depth);
      }
    }
  }

  private static void twoWholePanels(
      float[] source, int from, int stride, int k0, int k1, Packed panels, int first, int depth) {
    int width = L / 2;
    int second = first + width * depth;
    int k = k0;
    for (; k + 2 <= k1; k += 2) {
      FloatVector r0 = FloatVector.fromArray(S, source, from + k * stride);
      FloatVector r1 = FloatVector.fromArray(S, source, from + k * stride + stride);
      panels.put(Transposition.lowerHalves(r0, r1), first + k * width);
      panels.put(Transposition.upperHalves(r0, r1), second + k * width);
    }
    for (; k < k1; k++) {
      for (int i = 0; i < width; i++) {
        panels.put(source[from + k * stride + i], first + k * width + i);
        panels.put(source[from + k * stride + width + i], second + k * width + i);
      }
    }
  }

  /** Packs a block whose element (k, lane) is {@code source[offset + lane * stride + k]}. */
  static void termsInRow(
      float[] source, int offset, int stride, int lanes, int depth, Packed panels, int width) {
    int strip = STRIP_FLOATS / width;
    for (int lane0 = 0; lane0 < lanes; lane0 += width) {
      int used = Math.min(width, lanes - lane0);
      for (int k0 = 0; k0 < depth; k0 += strip) {
        int terms = Math.min(strip, depth - k0);
        int from = offset + lane0 * stride + k0;
        int to = lane0 * depth + k0 * width;
        strip(source, from, stride, used, terms, panels, to, width);
      }
    }
  }

  /** Transposes some terms of one panel. */
  private static void strip(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int terms,
      Packed panels,
      int at,
      int width) {
    int inBlocks = terms - terms % L;
    int lane = 0;
    if (2 * width == L && lanes == width) {
      for (int k = 0; k < inBlocks; k += L) {
        Transposition.halfBlock(source, offset + k, stride, panels, at + k * width);
      }
      for (; lane < lanes && inBlocks < terms; lane += 4) {
        fourLanes(
            source, offset + lane * stride, stride, inBlocks, terms, panels, at + lane, width);
      }
      return;
    }
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
        panels.put(value, at + k * width + lane);
      }
    }
  }

  private static void fourLanes(
      float[] source, int from, int stride, int k0, int k1, Packed panels, int at, int width) {
    int from1 = from + stride;
    int from2 = from1 + stride;
    int from3 = from2 + stride;
    for (int k = k0; k < k1; k++) {
      int to = at + k * width;
      panels.put(source[from + k], to);
      panels.put(source[from1 + k], to + 1);
      panels.put(source[from2 + k], to + 2);
      panels.put(source[from3 + k], to + 3);
    }
  }
}
