package dev.lockstep.bench.files;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests in lower-case hexadecimal. */
public final class Sha256 {
  private Sha256() {}

  /** The digest of some bytes. */
  public static String of(byte[] bytes) {
    return of(List.of(bytes));
  }

  /** The digest of the concatenated parts. */
  public static String of(Iterable<byte[]> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      parts.forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
