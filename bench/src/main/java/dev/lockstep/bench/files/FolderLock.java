package dev.lockstep.bench.files;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a folder, which one process has at a time. The system ends it with the
 * process, however that ends. The lock's file says who holds it.
 */
final class FolderLock implements AutoCloseable {

  /** The name of the lock's file in the folder. */
  static final String FILE = ".lock";

  private static final Pattern HOLDER =
      Pattern.compile("process (\\d{1,10}) since (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)\n");
  private static final int LONGEST_HOLDER = 64;

  /**
   * The lock files of this process. None of them may be opened again: POSIX ends a process's locks
   * of a file as soon as the process closes any of its descriptors of the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a folder that exists.
   *
   * @param flag the flag that names the folder, for the message
   * @throws InputException if another process holds the lock, naming it
   */
  static FolderLock take(String flag, Path folder) {
    try {
      Path file = folder.toRealPath().resolve(FILE);
      if (!HELD.add(file)) {
        throw held(flag, folder, "this process");
      }
      try {
        FileChannel channel = locked(flag, folder, file);
        tell(channel);
        return new FolderLock(file, channel);
      } catch (IOException | InputException e) {
        HELD.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw InputException.unwritable(folder.resolve(FILE), e);
    }
  }

  private static FileChannel locked(String flag, Path folder, Path file) throws IOException {
    while (true) {
      try {
        Files.createFile(file);
      } catch (FileAlreadyExistsException e) {
        // Left by a process that was killed, or held.
      }
      Object before = identity(file);
      FileChannel channel = open(file);
      if (channel != null) {
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
          String holder = holder(channel);
          channel.close();
          throw held(flag, folder, holder);
        }
        // Its last holder may have removed the file between opening and locking.
        if (before != null && Objects.equals(before, identity(file))) {
          return channel;
        }
        channel.close();
      }
    }
  }

  private static @Nullable FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  private static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException removed) {
      return null;
    }
  }

  private static void tell(FileChannel channel) throws IOException {
    ProcessHandle process = ProcessHandle.current();
    Instant since = process.info().startInstant().orElse(Instant.EPOCH);
    String text =
        "process " + process.pid() + " since " + since.truncatedTo(ChronoUnit.SECONDS) + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
  }

  /** Reads who holds the lock; anybody may have written the file. */
  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST_HOLDER);
    channel.read(text, 0);
    Matcher holder =
        HOLDER.matcher(new String(text.array(), 0, text.position(), StandardCharsets.UTF_8));
    return holder.matches()
        ? "process " + holder.group(1) + ", since " + holder.group(2)
        : "another process";
  }

  private static InputException held(String flag, Path folder, String holder) {
    return new InputException(
        flag, "folder", folder, "expected one that no other command writes to now: " + holder);
  }

  /** Removes the file and ends the lock. */
  @Override
  public void close() {
    try {
      // Removed while locked: whoever opens it until then finds that it is no longer there.
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      HELD.remove(file);
    }
  }
}
