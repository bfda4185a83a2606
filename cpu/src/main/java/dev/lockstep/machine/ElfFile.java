package dev.lockstep.machine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A complete 64-bit x86-64 shared library, read without loading it. The layout is that of the
 * System V ABI (Generic ABI, chapters 4 and 5; AMD64 supplement).
 *
 * @param soname the name by which other libraries need it; null if it has none
 * @param needed the names of the libraries that it needs
 * @param searched the folders, as written in the file, that the loader searches for them first
 */
public record ElfFile(@Nullable String soname, List<String> needed, List<String> searched) {

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

  private static final long TAG_END = 0;
  private static final long TAG_NEEDED = 1;
  private static final long TAG_STRINGS = 5;
  private static final long TAG_SONAME = 14;
  private static final long TAG_RPATH = 15;
  private static final long TAG_RUNPATH = 29;

  /** More than any library has. */
  private static final int MOST_ENTRIES = 100_000;

  public ElfFile {
    needed = List.copyOf(needed);
    searched = List.copyOf(searched);
  }

  /** The bytes are not a complete shared library for x86-64. The message is a predicate. */
  public static class FormatException extends Exception {

    private static final long serialVersionUID = 1;

    public FormatException(String message) {
      super(message);
    }
  }

  /** The bytes are those of a library for another kind of machine. */
  static final class OtherMachineException extends FormatException {

    private static final long serialVersionUID = 1;

    OtherMachineException() {
      super("is not a shared library for x86-64");
    }
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not a complete shared library for x86-64
   */
  public static ElfFile read(Path file) throws IOException, FormatException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @throws FormatException if they are not a complete shared library for x86-64
   */
  public static ElfFile of(MemorySegment file) throws FormatException {
    if (file.byteSize() < HEADER_BYTES || file.get(WORD, 0) != MAGIC) {
      throw new FormatException("is not a shared library (no ELF header)");
    }
    if (file.get(HALF, 4) != CLASS_64_LITTLE_ENDIAN
        || file.get(HALF, 16) != TYPE_SHARED
        || file.get(HALF, 18) != MACHINE_X86_64) {
      throw new OtherMachineException();
    }
    try {
      List<Segment> segments = segments(file);
      requireComplete(file, segments);
      return dynamic(file, segments);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new FormatException("is damaged (its ELF tables point outside of it)");
    }
  }

  /** A part of the file, and the address it has when it is loaded. */
  private record Segment(long type, long offset, long address, long bytes) {}

  private static List<Segment> segments(MemorySegment file) {
    long table = file.get(XWORD, 0x20);
    int size = Short.toUnsignedInt(file.get(HALF, 0x36));
    int count = Short.toUnsignedInt(file.get(HALF, 0x38));
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * size;
      segments.add(
          new Segment(
              file.get(WORD, at),
              file.get(XWORD, at + 8),
              file.get(XWORD, at + 16),
              file.get(XWORD, at + 32)));
    }
    return segments;
  }

  /** The loader maps what the tables say; touching a page behind the file's end kills the JVM. */
  private static void requireComplete(MemorySegment file, List<Segment> segments)
      throws FormatException {
    long end = file.get(XWORD, 0x28);
    if (end != 0) {
      int size = Short.toUnsignedInt(file.get(HALF, 0x3a));
      end += (long) size * Short.toUnsignedInt(file.get(HALF, 0x3c));
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

  private static ElfFile dynamic(MemorySegment file, List<Segment> segments)
      throws FormatException {
    Map<Long, List<Long>> dynamic = new HashMap<>();
    int entries = 0;
    for (Segment segment : segments) {
      if (segment.type() == SEGMENT_DYNAMIC) {
        long end = segment.offset() + segment.bytes();
        for (long at = segment.offset(); at < end && file.get(XWORD, at) != TAG_END; at += 16) {
          if (++entries > MOST_ENTRIES) {
            throw new FormatException("is damaged (its dynamic section has no end)");
          }
          dynamic
              .computeIfAbsent(file.get(XWORD, at), _ -> new ArrayList<>())
              .add(file.get(XWORD, at + 8));
        }
      }
    }
    List<Long> strings = dynamic.get(TAG_STRINGS);
    if (strings == null) {
      throw new FormatException("is not a shared library (it has no dynamic strings)");
    }
    long table = offset(segments, strings.getFirst());
    List<String> names = strings(file, table, dynamic, TAG_SONAME);
    List<String> folders = strings(file, table, dynamic, TAG_RUNPATH);
    if (folders.isEmpty()) {
      folders = strings(file, table, dynamic, TAG_RPATH);
    }
    return new ElfFile(
        names.isEmpty() ? null : names.getFirst(),
        strings(file, table, dynamic, TAG_NEEDED),
        folders.stream().flatMap(all -> Stream.of(all.split(":"))).toList());
  }

  private static List<String> strings(
      MemorySegment file, long table, Map<Long, List<Long>> dynamic, long tag) {
    return dynamic.getOrDefault(tag, List.of()).stream()
        .map(at -> file.getString(table + at))
        .toList();
  }

  private static long offset(List<Segment> segments, long address) throws FormatException {
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
}
