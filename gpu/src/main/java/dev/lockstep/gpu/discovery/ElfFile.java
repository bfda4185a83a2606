package dev.lockstep.gpu.discovery;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the loader reads first of a 64-bit x86-64 shared library: its own name, the libraries it
 * needs, and the symbol versions it needs of them. After the System V ABI (Generic ABI, chapters 4
 * and 5; AMD64 supplement) and, for versions, the Linux Standard Base, Core, section 10.7.
 *
 * @param soname the name other libraries need it by, null if it has none
 * @param needed the libraries it needs
 * @param versions the symbol versions it needs
 */
record ElfFile(@Nullable Text soname, List<Text> needed, List<VersionNeed> versions) {

  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong XWORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int MAGIC = 0x464c457f;
  private static final int HEADER_BYTES = 64;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
  private static final int TYPE_SHARED = 3;
  private static final int MACHINE_X86_64 = 62;

  private static final int SEGMENT_LOAD = 1;
  private static final int SEGMENT_DYNAMIC = 2;

  private static final long TAG_NEEDED = 1;
  private static final long TAG_STRINGS = 5;
  private static final long TAG_SONAME = 14;
  private static final long TAG_VERSIONS = 0x6ffffffeL;
  private static final long TAG_VERSION_COUNT = 0x6fffffffL;

  ElfFile {
    needed = List.copyOf(needed);
    versions = List.copyOf(versions);
  }

  /**
   * A string and where in the file it lies.
   *
   * @param offset of its first byte
   */
  record Text(String value, long offset) {}

  /**
   * One version that is needed of a library.
   *
   * @param library whose version it is
   * @param hashOffset where the hash lies
   */
  record VersionNeed(Text library, Text name, int hash, long hashOffset) {}

  /** The bytes are no whole shared library for this machine; the message is a predicate. */
  static final class FormatException extends Exception {

    private static final long serialVersionUID = 1;

    FormatException(String message) {
      super(message);
    }
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no whole shared library for x86-64
   */
  static ElfFile read(Path file) throws IOException, FormatException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  /**
   * Reads a file's bytes.
   *
   * @throws FormatException if they are no whole shared library for x86-64
   */
  static ElfFile of(MemorySegment file) throws FormatException {
    if (file.byteSize() < HEADER_BYTES || file.get(WORD, 0) != MAGIC) {
      throw new FormatException("is not a shared library (no ELF header)");
    }
    if (file.get(HALF, 4) != CLASS_64_LITTLE_ENDIAN
        || file.get(HALF, 16) != TYPE_SHARED
        || file.get(HALF, 18) != MACHINE_X86_64) {
      throw new FormatException("is not a shared library for x86-64");
    }
    try {
      return new Reader(file).read();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new FormatException("is damaged (its ELF tables point outside of it)");
    }
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

  /** Where addresses of the running library lie in the file. */
  private record Segment(long type, long offset, long address, long bytes) {}

  private static final class Reader {

    private final MemorySegment file;
    private final List<Segment> segments = new ArrayList<>();
    private long strings = -1;

    Reader(MemorySegment file) {
      this.file = file;
    }

    ElfFile read() throws FormatException {
      readSegments();
      refuseCutOff();
      Segment dynamic =
          segments.stream()
              .filter(segment -> segment.type() == SEGMENT_DYNAMIC)
              .findFirst()
              .orElseThrow(
                  () -> new FormatException("is not a shared library (no dynamic section)"));

      strings = offsetOf(valueOf(dynamic, TAG_STRINGS));
      List<Long> sonames = valuesOf(dynamic, TAG_SONAME);
      List<Text> needed = new ArrayList<>();
      for (long name : valuesOf(dynamic, TAG_NEEDED)) {
        needed.add(text(name));
      }
      return new ElfFile(
          sonames.isEmpty() ? null : text(sonames.getFirst()),
          needed,
          valuesOf(dynamic, TAG_VERSIONS).isEmpty()
              ? List.of()
              : versions(
                  offsetOf(valueOf(dynamic, TAG_VERSIONS)), valueOf(dynamic, TAG_VERSION_COUNT)));
    }

    private void readSegments() {
      long table = file.get(XWORD, 0x20);
      int size = Short.toUnsignedInt(file.get(HALF, 0x36));
      int count = Short.toUnsignedInt(file.get(HALF, 0x38));
      for (int i = 0; i < count; i++) {
        long at = table + (long) i * size;
        segments.add(
            new Segment(
                file.get(WORD, at),
                file.get(XWORD, at + 8),
                file.get(XWORD, at + 16),
                file.get(XWORD, at + 32)));
      }
    }

    /** The loader maps what the tables say; touching a page behind the file's end kills the JVM. */
    private void refuseCutOff() throws FormatException {
      long end = file.get(XWORD, 0x28);
      if (end != 0) {
        end +=
            (long) Short.toUnsignedInt(file.get(HALF, 0x3a))
                * Short.toUnsignedInt(file.get(HALF, 0x3c));
      }
      for (Segment segment : segments) {
        if (segment.type() == SEGMENT_LOAD) {
          end = Math.max(end, segment.offset() + segment.bytes());
        }
      }
      if (end > file.byteSize()) {
        throw new FormatException(
            String.format(Locale.ROOT, "is cut off (%d bytes of %d)", file.byteSize(), end));
      }
    }

    private List<Long> valuesOf(Segment dynamic, long tag) {
      List<Long> values = new ArrayList<>();
      for (long at = dynamic.offset(); at < dynamic.offset() + dynamic.bytes(); at += 16) {
        long found = file.get(XWORD, at);
        if (found == 0) {
          break;
        }
        if (found == tag) {
          values.add(file.get(XWORD, at + 8));
        }
      }
      return values;
    }

    private long valueOf(Segment dynamic, long tag) throws FormatException {
      List<Long> values = valuesOf(dynamic, tag);
      if (values.size() != 1) {
        throw new FormatException(
            String.format(
                Locale.ROOT, "is damaged (%d dynamic entries with tag 0x%x)", values.size(), tag));
      }
      return values.getFirst();
    }

    private long offsetOf(long address) throws FormatException {
      for (Segment segment : segments) {
        if (segment.type() == SEGMENT_LOAD
            && address >= segment.address()
            && address < segment.address() + segment.bytes()) {
          return address - segment.address() + segment.offset();
        }
      }
      throw new FormatException(
          String.format(Locale.ROOT, "is damaged (address 0x%x lies in no segment)", address));
    }

    private Text text(long index) {
      return new Text(file.getString(strings + index), strings + index);
    }

    /** Chains of Elf64_Verneed (16 bytes), each with a chain of Elf64_Vernaux (16 bytes). */
    private List<VersionNeed> versions(long first, long libraries) {
      List<VersionNeed> found = new ArrayList<>();
      long need = first;
      for (long i = 0; i < libraries; i++) {
        Text library = text(Integer.toUnsignedLong(file.get(WORD, need + 4)));
        long version = need + Integer.toUnsignedLong(file.get(WORD, need + 8));
        int count = Short.toUnsignedInt(file.get(HALF, need + 2));
        for (int j = 0; j < count; j++) {
          Text name = text(Integer.toUnsignedLong(file.get(WORD, version + 8)));
          found.add(new VersionNeed(library, name, file.get(WORD, version), version));
          version += Integer.toUnsignedLong(file.get(WORD, version + 12));
        }
        long next = Integer.toUnsignedLong(file.get(WORD, need + 12));
        if (next == 0) {
          break;
        }
        need += next;
      }
      return found;
    }
  }
}
