package dev.lockstep.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests. */
public final class Sha256 {
  private Sha256() {}

  /** The digest of some bytes, in lower-case hexadecimal. */
  public static String of(byte[] bytes) {
    return of(List.of(bytes));
  }

  /** The digest of the concatenated parts, in lower-case hexadecimal. */
  public static String of(Iterable<byte[]> parts) {
    return HexFormat.of()
        .formatHex(
            digest(
                out -> {
                  for (byte[] part : parts) {
                    out.write(part);
                  }
                }));
  }

  /** The digest of content that no file need hold. */
  public static byte[] digest(AtomicFile.Content content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
        content.writeTo(out);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file that could fail
    }
  }
}
