package dev.lockstep.gpu.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A kernel as a device of compute capability 9.0 runs it, read just closely enough to count what a
 * loop issues.
 *
 * <p>NVIDIA names the instructions but not their bits. What stands here was read off such code:
 * instructions of 16 bytes; an operation in the lowest 9 bits, whatever its operands; the distance
 * of a branch, in units of 4 bytes from the instruction behind it, in bits 34 to 81 above bits 16
 * to 23. How many multiply-adds a panel has is known, so that misreading shows.
 */
final class MachineCode {

  private static final int INSTRUCTION = 16;
  private static final int FFMA = 0x23;
  private static final int BRA = 0x147;
  private static final int SECTION_HEADER = 64;

  private final long[] low;
  private final long[] high;

  /**
   * From a branch's target to the branch, with no other loop inside.
   *
   * @param instructions all of them, taken or not
   * @param multiplyAdds of binary32
   */
  record Loop(int instructions, int multiplyAdds) {

    double share() {
      return (double) multiplyAdds / instructions;
    }
  }

  private MachineCode(ByteBuffer code) {
    int count = code.remaining() / INSTRUCTION;
    low = new long[count];
    high = new long[count];
    for (int at = 0; at < count; at++) {
      low[at] = code.getLong();
      high[at] = code.getLong();
    }
  }

  /**
   * One kernel of a compiled program.
   *
   * @param program an ELF file with a section of code for each kernel
   * @throws NoSuchElementException if the kernel is not in it
   */
  static MachineCode of(String kernel, byte[] program) {
    ByteBuffer file = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int headers = Math.toIntExact(file.getLong(40));
    int names = (int) file.getLong(headers + SECTION_HEADER * file.getShort(62) + 24);
    for (int section = 0; section < file.getShort(60); section++) {
      int header = headers + SECTION_HEADER * section;
      if (text(program, names + file.getInt(header)).equals(".text." + kernel)) {
        int start = Math.toIntExact(file.getLong(header + 24));
        int size = Math.toIntExact(file.getLong(header + 32));
        return new MachineCode(file.slice(start, size).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    throw new NoSuchElementException("no code of " + kernel);
  }

  private static String text(byte[] bytes, int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.US_ASCII);
  }

  /** In the order of the code. */
  List<Loop> loops() {
    List<Loop> loops = new ArrayList<>();
    int outside = 0;
    for (int at = 0; at < low.length; at++) {
      int target = operation(at) == BRA ? target(at) : at + 1;
      if (target > at) {
        continue;
      }
      if (target >= outside) {
        loops.add(new Loop(at + 1 - target, multiplyAdds(target, at)));
        outside = at + 1;
      }
    }
    return loops;
  }

  private int multiplyAdds(int first, int last) {
    int count = 0;
    for (int at = first; at <= last; at++) {
      count += operation(at) == FFMA ? 1 : 0;
    }
    return count;
  }

  private int operation(int at) {
    return (int) low[at] & 0x1ff;
  }

  private int target(int at) {
    long above = low[at] >>> 34 | (high[at] & 0x3ffff) << 30;
    long distance = (above << 16 >> 16) * 256 + (low[at] >>> 16 & 0xff);
    return Math.toIntExact(at + 1 + distance * 4 / INSTRUCTION);
  }
}
