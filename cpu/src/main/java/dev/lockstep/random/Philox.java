package dev.lockstep.random;

/**
 * Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (SC'11).
 *
 * <p>The generator has no state. A draw is a function of its seed and position, so the draws of one
 * layer do not change when another layer grows, and any draw can be repeated alone.
 *
 * <h2>Layout</h2>
 *
 * Published results depend on these bits, so the layout never changes:
 *
 * <ul>
 *   <li>key = (seed bits 0-31, seed bits 32-63)
 *   <li>counter = (index bits 0-31, index bits 32-63, layer, {@linkplain Stream#number() stream})
 *   <li>with output words w0..w3, {@code a = w1 << 32 | w0} and {@code b = w3 << 32 | w2}: {@link
 *       #bits} is {@code a}, {@link #uniform} is {@code (a >>> 11) * 2^-53}, and {@link #normal} is
 *       {@code sqrt(-2 log(((a >>> 11) + 1) * 2^-53)) * cos(2 pi * ((b >>> 11) * 2^-53))}
 * </ul>
 *
 * The three draws at one position share one block and are not independent. Use a position for one
 * kind of draw only.
 */
public final class Philox {

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD251_1F53L;
  private static final long MULTIPLIER_1 = 0xCD9E_8D57L;
  private static final int KEY_STEP_0 = 0x9E37_79B9;
  private static final int KEY_STEP_1 = 0xBB67_AE85;
  private static final long LOW_WORD = 0xFFFF_FFFFL;

  private Philox() {}

  /**
   * Encrypts one counter.
   *
   * @param c0 counter word 0
   * @param c1 counter word 1
   * @param c2 counter word 2
   * @param c3 counter word 3
   * @param k0 key word 0
   * @param k1 key word 1
   * @param out4 receives the four output words in its first four elements
   */
  public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out4) {
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    int key0 = k0;
    int key1 = k1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (x0 & LOW_WORD) * MULTIPLIER_0;
      long product1 = (x2 & LOW_WORD) * MULTIPLIER_1;
      x0 = (int) (product1 >>> 32) ^ x1 ^ key0;
      x1 = (int) product1;
      x2 = (int) (product0 >>> 32) ^ x3 ^ key1;
      x3 = (int) product0;
      key0 += KEY_STEP_0;
      key1 += KEY_STEP_1;
    }
    out4[0] = x0;
    out4[1] = x1;
    out4[2] = x2;
    out4[3] = x3;
  }

  /** 64 random bits: words 1 (high) and 0 (low) of the block at this position. */
  public static long bits(long seed, Stream stream, int layer, long index) {
    return join(words(seed, stream, layer, index), 0);
  }

  /** A uniform draw from [0, 1): a multiple of 2^-53. */
  public static double uniform(long seed, Stream stream, int layer, long index) {
    return (bits(seed, stream, layer, index) >>> 11) * 0x1p-53;
  }

  /**
   * A draw from the standard normal distribution, by the cosine branch of Box and Muller (1958).
   *
   * <p>The sine branch is not used, so that one counter gives one draw. {@link StrictMath} gives
   * equal bits on every machine; the intrinsics behind {@link Math} may not. No draw is larger in
   * magnitude than sqrt(106 log 2), about 8.57.
   */
  public static double normal(long seed, Stream stream, int layer, long index) {
    int[] words = words(seed, stream, layer, index);
    return normal(join(words, 0), join(words, 2));
  }

  /** Transforms two random words. The result is finite even for zeros. */
  static double normal(long a, long b) {
    // (0, 1], so that the logarithm is finite.
    double radial = ((a >>> 11) + 1) * 0x1p-53;
    double angular = (b >>> 11) * 0x1p-53;
    return StrictMath.sqrt(-2 * StrictMath.log(radial)) * StrictMath.cos(2 * Math.PI * angular);
  }

  private static int[] words(long seed, Stream stream, int layer, long index) {
    int[] words = new int[4];
    block(
        (int) index,
        (int) (index >>> 32),
        layer,
        stream.number(),
        (int) seed,
        (int) (seed >>> 32),
        words);
    return words;
  }

  private static long join(int[] words, int low) {
    return (long) words[low + 1] << 32 | words[low] & LOW_WORD;
  }
}
