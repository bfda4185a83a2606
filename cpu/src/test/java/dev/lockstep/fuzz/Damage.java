package dev.lockstep.fuzz;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What is done to a sound file: each prefix, each byte replaced, and random runs of bytes. {@code
 * mvn -Pfuzz verify} goes further, guided by coverage.
 */
public final class Damage {

  private static final long SEED = 20261129;
  private static final int RANDOM_FILES = 2_000;

  private Damage() {}

  /** Gives a parser the sound file, and every damaged one. */
  public static void each(byte[] sound, Consumer<byte[]> parser) {
    parser.accept(sound);
    for (int length = 0; length < sound.length; length++) {
      parser.accept(Arrays.copyOf(sound, length));
    }
    for (int at = 0; at < sound.length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, '"', ',', '\n'}) {
        byte[] other = sound.clone();
        other[at] = (byte) value;
        parser.accept(other);
      }
    }
    Random random = new Random(SEED);
    for (int i = 0; i < RANDOM_FILES; i++) {
      byte[] other = sound.clone();
      int from = random.nextInt(sound.length);
      int to = Math.min(sound.length, from + 1 + random.nextInt(8));
      for (int at = from; at < to; at++) {
        other[at] = (byte) random.nextInt();
      }
      parser.accept(other);
    }
  }
}
