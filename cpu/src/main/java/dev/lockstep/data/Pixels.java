package dev.lockstep.data;

/** Converts pixels to features. */
final class Pixels {

  private static final float LARGEST = 255;

  private Pixels() {}

  /** Divides each unsigned byte by 255, rounded once to binary32, which gives 0 to 1. */
  static float[] features(byte[] pixels) {
    float[] features = new float[pixels.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = Byte.toUnsignedInt(pixels[i]) / LARGEST;
    }
    return features;
  }
}
