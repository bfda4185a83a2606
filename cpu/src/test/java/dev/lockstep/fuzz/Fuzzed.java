package dev.lockstep.fuzz;

import com.sun.management.ThreadMXBean;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One input to one parser, and what is demanded of every one: to read it, or to say in one sentence
 * what is wrong with it, and to take no more memory than a file of its size can call for.
 */
public final class Fuzzed {

  /** What a parser takes whatever the file: buffers, a reader's tables, messages. */
  private static final long BYTES = 16L << 20;

  /** A compressed byte stands for at most 1032 others, and a number takes a few objects. */
  private static final long BYTES_A_BYTE = 1L << 16;

  /** What a sentence may be long beside the name of the file. */
  private static final int LONGEST_SENTENCE = 1000;

  /** How often the loading of classes, and their instrumentation, may come into it. */
  private static final int LOADING = 5;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Fuzzed() {}

  /** A parser of files. */
  public interface Parser {
    void read(Path file);
  }

  /**
   * Gives a parser a file.
   *
   * @param suffix of the file's name
   * @throws AssertionError if it did what none may do
   */
  public static void read(byte[] content, String suffix, Parser parser) {
    check(write(content, suffix), content.length, parser);
  }

  /**
   * Has a parser read what is there.
   *
   * @param path of a file, or of a folder whose files a sentence may name
   * @param length of what was made up, in bytes
   * @throws AssertionError if it did what none may do
   */
  public static void check(Path path, int length, Parser parser) {
    long most = BYTES + BYTES_A_BYTE * length;
    long allocated = allocated(path, parser);
    for (int again = 0; again < LOADING && allocated > most; again++) {
      allocated = allocated(path, parser);
    }
    if (allocated > most) {
      throw new AssertionError(
          String.format(
              Locale.ROOT, "more than %d bytes were allocated for a file of %d", most, length));
    }
  }

  /** Bytes that this thread allocated in reading a file. */
  private static long allocated(Path file, Parser parser) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      parser.read(file);
    } catch (InputException e) {
      String message = String.valueOf(e.getMessage());
      if (message.lines().count() != 1
          || !message.startsWith(file.toString())
          || message.length() > file.toString().length() + LONGEST_SENTENCE) {
        throw new AssertionError("not one short sentence that names the file: " + message, e);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** The same path again and again: in memory, where that is a folder. */
  public static Path path(String suffix) {
    Path memory = Path.of("/dev/shm");
    Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    return folder.resolve("lockstep-fuzz-" + ProcessHandle.current().pid() + suffix);
  }

  private static Path write(byte[] content, String suffix) {
    Path file = path(suffix);
    try {
      file.toFile().deleteOnExit();
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
