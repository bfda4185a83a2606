package dev.lockstep.gpu.discovery;

import dev.lockstep.machine.ElfFile.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Makes a shared library need another library than the one it was linked with. JCuda's library was
 * linked with cuBLAS 12; this adapts it to a machine that has cuBLAS 13.
 *
 * <p>A library names what it needs in a string. cuBLAS gives all its symbols one version, called
 * like the library itself, so the linker stores the name once, and its hash once among the needed
 * versions. Both are replaced where they lie, which takes a name of the same length.
 */
final class NeededRename {

  private NeededRename() {}

  /**
   * Copies a library and renames what it needs.
   *
   * @param library the bytes of a shared library that needs {@code from}
   * @param to the new name, as long as {@code from}
   * @throws FormatException if the library does not have the name and its hash exactly once
   */
  static byte[] apply(byte[] library, String from, String to) throws FormatException {
    if (from.length() != to.length()) {
      throw new IllegalArgumentException(from + " and " + to + " differ in length");
    }
    String renamed = new String(library, StandardCharsets.ISO_8859_1);
    renamed = replace(renamed, "\0" + from + "\0", "\0" + to + "\0", "the name " + from);
    renamed = replace(renamed, hashText(from), hashText(to), "the hash of the name " + from);
    return renamed.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String replace(String library, String from, String to, String description)
      throws FormatException {
    int at = library.indexOf(from);
    if (at < 0 || library.indexOf(from, at + 1) >= 0) {
      throw new FormatException("does not have " + description + " exactly once");
    }
    return library.substring(0, at) + to + library.substring(at + from.length());
  }

  /** The four bytes of a hash as they lie in the library, a character each. */
  private static String hashText(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return new String(bytes.putInt(hash(name)).array(), StandardCharsets.ISO_8859_1);
  }

  /** The hash by which the loader compares version names (System V ABI, "Hash Table"). */
  static int hash(String name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash << 4) + name.charAt(i);
      int high = hash & 0xf0000000;
      hash = (hash ^ (high >>> 24)) & ~high;
    }
    return hash;
  }
}
