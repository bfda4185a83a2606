package dev.lockstep.gpu.discovery;

import dev.lockstep.gpu.discovery.ElfFile.FormatException;
import dev.lockstep.gpu.discovery.ElfFile.Text;
import dev.lockstep.gpu.discovery.ElfFile.VersionNeed;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets a shared library need another one than it was linked with: for JCuda's, linked with cuBLAS
 * 12, where the machine has cuBLAS 13. The libraries' symbols carry one version, which is called
 * like the library.
 *
 * <p>Changed are the name in the {@code NEEDED} entry, the library's and the version's name among
 * the needed versions (often one and the same string), and the version's hash. Nothing moves, so
 * the names must be of one length.
 */
final class NeededRename {

  private NeededRename() {}

  /**
   * A renamed copy.
   *
   * @param library a shared library that needs {@code from}, and of it the version {@code from}
   * @param to the name it is to need
   * @throws FormatException if it is not made exactly like that
   */
  static byte[] apply(byte[] library, String from, String to) throws FormatException {
    if (from.length() != to.length()) {
      throw new IllegalArgumentException(from + " and " + to + " differ in length");
    }
    ElfFile elf = ElfFile.of(MemorySegment.ofArray(library));
    List<Text> needed = elf.needed().stream().filter(name -> name.value().equals(from)).toList();
    require(needed.size() == 1, "needs " + from + " " + needed.size() + " times");
    List<VersionNeed> versions =
        elf.versions().stream().filter(need -> need.library().value().equals(from)).toList();
    require(versions.size() == 1, "needs " + versions.size() + " symbol versions of " + from);
    VersionNeed version = versions.getFirst();
    require(
        version.name().value().equals(from),
        "needs the symbol version " + version.name().value() + " of " + from);
    require(
        version.hash() == ElfFile.hash(from),
        String.format(
            Locale.ROOT, "has the hash %08x for the symbol version %s", version.hash(), from));

    byte[] renamed = library.clone();
    byte[] name = to.getBytes(StandardCharsets.US_ASCII);
    Set<Long> places = new TreeSet<>();
    places.add(needed.getFirst().offset());
    places.add(version.library().offset());
    places.add(version.name().offset());
    for (long place : places) {
      System.arraycopy(name, 0, renamed, Math.toIntExact(place), name.length);
    }
    ByteBuffer.wrap(renamed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(Math.toIntExact(version.hashOffset()), ElfFile.hash(to));

    // Strings may share their ends with others: nothing else may have been renamed along with it.
    require(
        expected(elf, from, to).equals(ElfFile.of(MemorySegment.ofArray(renamed))),
        "shares the string " + from + " with another name");
    return renamed;
  }

  private static ElfFile expected(ElfFile elf, String from, String to) {
    return new ElfFile(
        elf.soname(),
        elf.needed().stream().map(name -> renamed(name, from, to)).toList(),
        elf.versions().stream()
            .map(
                need ->
                    need.library().value().equals(from)
                        ? new VersionNeed(
                            renamed(need.library(), from, to),
                            renamed(need.name(), from, to),
                            ElfFile.hash(to),
                            need.hashOffset())
                        : need)
            .toList());
  }

  private static Text renamed(Text text, String from, String to) {
    return text.value().equals(from) ? new Text(to, text.offset()) : text;
  }

  private static void require(boolean condition, String predicate) throws FormatException {
    if (!condition) {
      throw new FormatException(predicate);
    }
  }
}
