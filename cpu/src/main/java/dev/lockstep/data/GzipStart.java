package dev.lockstep.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Tells compressed files by their first bytes, whatever they are called. */
final class GzipStart {
  private static final byte[] MAGIC = {0x1f, (byte) 0x8b};

  private GzipStart() {}

  /** Whether a gzip stream comes next; nothing of it is taken away. */
  static boolean isNext(BufferedInputStream in) throws IOException {
    in.mark(MAGIC.length);
    byte[] start = in.readNBytes(MAGIC.length);
    in.reset();
    return Arrays.equals(start, MAGIC);
  }
}
