package dev.lockstep.data;

import dev.lockstep.input.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks gzip and counts its bytes. A byte may stand for a thousand others, so a small file can be
 * endless to read; the stream ends with a fault where it exceeds {@link Limits#RATIO}.
 */
final class GunzipStream extends GZIPInputStream {

  private static final int BUFFER = 1 << 16;

  /** The checksum and the length behind each member. */
  private static final int TRAILER = 8;

  private final Packed packed;
  private long unpacked;
  private int emptyMembers;

  /**
   * @param in the packed bytes
   * @param packed counts the bytes that {@code in} takes
   */
  GunzipStream(InputStream in, Packed packed) throws IOException {
    super(in, BUFFER);
    this.packed = packed;
  }

  /** Counts the bytes that are read from a stream. */
  static final class Packed extends FilterInputStream {
    private long bytes;

    Packed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      bytes += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int got = super.read(target, from, length);
      bytes += Math.max(0, got);
      return got;
    }
  }

  /** More was unpacked than is read. */
  static final class ExcessException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long packed;
    private final long unpacked;

    private ExcessException(long packed, long unpacked) {
      this.packed = packed;
      this.unpacked = unpacked;
    }

    long unpacked() {
      return unpacked;
    }

    /** The end of a message. */
    String expected() {
      return String.format(
          Locale.ROOT,
          "expected at most %d times the %d bytes that they were packed in; if the file is sound,"
              + " unpack it first",
          Limits.RATIO.value(),
          packed);
    }
  }

  /** The superclass calls this again where it finds that a member is empty and another follows. */
  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (++emptyMembers > Limits.EMPTY_MEMBERS.value()) {
      throw new ZipException("more than " + Limits.EMPTY_MEMBERS.value() + " empty members");
    }
    try {
      int got = super.read(target, from, length);
      if (emptyMembers == 1) {
        count(got);
        requireEnd(got);
      }
      return got;
    } finally {
      emptyMembers--;
    }
  }

  /** The superclass ends without a word where what follows a member is no other one. */
  private void requireEnd(int got) throws IOException {
    if (got < 0 && (inf.getRemaining() > TRAILER || in.read() >= 0)) {
      throw new ZipException("what follows the last member is none");
    }
  }

  private void count(int got) throws IOException {
    unpacked += Math.max(0, got);
    if (unpacked > Limits.UNPACKED.value() && unpacked / packed.bytes > Limits.RATIO.value()) {
      throw new ExcessException(packed.bytes, unpacked);
    }
  }
}
