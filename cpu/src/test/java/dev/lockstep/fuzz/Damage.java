package dev.lockstep.fuzz;

import java.util.Arrays;
import java.util.Random;

/**
 * What is done to a sound file: each prefix, each byte replaced, and random runs of bytes. {@code
 * mvn -Pfuzz verify} goes further, guided by coverage.
 */
public final class Damage {

  private static final long SEED = 20261129;
  private static final int RANDOM_FILES = 2_000;
  private static final int FEW_FILES = 100;

  private Damage() {}

  /** Gives a target the sound file, and every damaged one. */
  public static void each(byte[] sound, FuzzTarget target) {
    target.accept(sound);
    for (int length = 0; length < sound.length; length++) {
      target.accept(Arrays.copyOf(sound, length));
    }
    for (int at = 0; at < sound.length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, '"', ',', '\n'}) {
        byte[] other = sound.clone();
        other[at] = (byte) value;
        target.accept(other);
      }
    }
    random(sound, target, RANDOM_FILES);
  }

  /** Gives a slower target the sound file and some damaged ones, a third of which are cut off. */
  public static void some(byte[] sound, FuzzTarget target) {
    target.accept(sound);
    for (int i = 0; i < FEW_FILES; i++) {
      target.accept(Arrays.copyOf(sound, sound.length * i / FEW_FILES));
    }
    random(sound, target, 2 * FEW_FILES);
  }

  private static void random(byte[] sound, FuzzTarget target, int count) {
    Random random = new Random(SEED);
    for (int i = 0; i < count; i++) {
      byte[] other = sound.clone();
      int from = random.nextInt(sound.length);
      int to = Math.min(sound.length, from + 1 + random.nextInt(8));
      for (int at = from; at < to; at++) {
        other[at] = (byte) random.nextInt();
      }
      target.accept(other);
    }
  }
}
