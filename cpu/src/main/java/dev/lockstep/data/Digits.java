package dev.lockstep.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The embedded data set of 1797 handwritten digits of 8 x 8 pixels in ten classes, the test part of
 * "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI, 1998; CC BY 4.0).
 *
 * <p>The rows are in the order of the authors' file: 0 to 1346 are for training, 1347 to 1796 for
 * testing. A feature is a pixel of 0 to 16 divided by 16, which is exact in every float format down
 * to bfloat16.
 */
public final class Digits {

  private static final String RESOURCE = "digits.csv.gz";
  private static final int INPUTS = 64;
  private static final int CLASSES = 10;
  private static final int ROWS = 1797;
  private static final int TRAIN_ROWS = 1347;
  private static final float LARGEST_PIXEL = 16;

  private Digits() {}

  /** Reads the data set. Every call returns new arrays. */
  public static Dataset load() {
    float[] features = new float[ROWS * INPUTS];
    int[] labels = new int[ROWS];
    read(features, labels);
    return new Dataset(
        "digits",
        INPUTS,
        CLASSES,
        slice(features, labels, 0, TRAIN_ROWS),
        slice(features, labels, TRAIN_ROWS, ROWS));
  }

  private static void read(float[] features, int[] labels) {
    try (InputStream resource = Digits.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is not packaged");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII));
      for (int row = 0; row < ROWS; row++) {
        String[] fields = lines.readLine().split(",", -1);
        for (int i = 0; i < INPUTS; i++) {
          features[row * INPUTS + i] = Integer.parseInt(fields[i]) / LARGEST_PIXEL;
        }
        labels[row] = Integer.parseInt(fields[INPUTS]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the resource " + RESOURCE + " is damaged", e);
    }
  }

  private static Examples slice(float[] features, int[] labels, int from, int to) {
    return new Examples(
        Arrays.copyOfRange(features, from * INPUTS, to * INPUTS),
        Arrays.copyOfRange(labels, from, to),
        INPUTS);
  }
}
