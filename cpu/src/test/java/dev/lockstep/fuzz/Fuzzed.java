package dev.lockstep.fuzz;

import com.sun.management.ThreadMXBean;
import dev.lockstep.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * One input to one parser, and what is demanded of every one: to read it, or to say in one sentence
 * what is wrong with it, and to take no more memory than a file of its size can call for, and no
 * more than {@value #NANOS} nanoseconds.
 */
public final class Fuzzed {

  /** What a parser takes whatever the file: buffers, a reader's tables, messages. */
  private static final long BYTES = 16L << 20;

  /** A compressed byte stands for at most 1032 others, and a number takes a few objects. */
  private static final long BYTES_A_BYTE = 1L << 16;

  /** What a sentence may be long beside the name of the file. */
  private static final int LONGEST_SENTENCE = 1000;

  /**
   * What a file may take, in nanoseconds of this thread; the clock would count others' work, too.
   */
  private static final long NANOS = 5_000_000_000L;

  /** How often the loading of classes, and their instrumentation, may come into it. */
  private static final int LOADING = 5;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static long longestNanos;
  private static int longestLength;

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
    Cost cost = cost(path, parser);
    for (int again = 0; again < LOADING && !cost.within(most); again++) {
      cost = cost(path, parser);
    }
    if (!cost.within(most)) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%d bytes were allocated, at most %d expected, and %.1f s taken for a file of %d",
              cost.bytes(),
              most,
              cost.nanos() * 1e-9,
              length));
    }
    if (cost.nanos() > longestNanos) {
      longestNanos = cost.nanos();
      longestLength = length;
    }
  }

  /** What this thread allocated and took in reading a file. */
  private record Cost(long bytes, long nanos) {

    boolean within(long most) {
      return bytes <= most && nanos <= NANOS;
    }
  }

  private static Cost cost(Path file, Parser parser) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      parser.read(file);
    } catch (InputException e) {
      requireSentence(file.toString(), e);
    }
    return new Cost(
        THREADS.getCurrentThreadAllocatedBytes() - bytes,
        THREADS.getCurrentThreadCpuTime() - nanos);
  }

  /** Forgets the inputs before, in which classes were loaded. */
  static void begin() {
    longestNanos = 0;
  }

  /** What the longest of all inputs took. */
  static String longest() {
    return String.format(
        Locale.ROOT, "longest input: %.1f ms for %d bytes", longestNanos * 1e-6, longestLength);
  }

  /**
   * Checks that a refusal is one short sentence.
   *
   * @param start what it has to begin with
   */
  public static void requireSentence(String start, RuntimeException refusal) {
    String message = String.valueOf(refusal.getMessage());
    if (message.lines().count() != 1
        || !message.startsWith(start)
        || message.length() > start.length() + LONGEST_SENTENCE) {
      throw new AssertionError("not one short sentence that begins with " + start, refusal);
    }
  }

  /** The same path again and again: in memory, where that is a folder. */
  public static Path path(String suffix) {
    Path memory = Path.of("/dev/shm");
    Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    return folder.resolve("lockstep-fuzz-" + ProcessHandle.current().pid() + suffix);
  }

  /** The content of a gzip file. */
  public static byte[] gzipped(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
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
