package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files that are either complete or absent.
 *
 * <p>The content goes to a temporary file in the target's folder, is forced to the disk and takes
 * the target's name in one step. A reader sees the old content or the new, and a failure leaves the
 * old one and no temporary file. A symbolic link stays and what it points to is replaced.
 *
 * <p>What is no regular file, such as {@code /dev/stdout}, {@code /dev/full} or a pipe, has no
 * content to replace: it is written directly.
 */
public final class AtomicFile {

  private static final int MOST_LINKS = 40;

  /** The content of a file, written front to back. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of the content; the stream is buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes or replaces a file.
   *
   * @throws InputException if the target cannot be written: no such folder, no permission, a full
   *     disk, a folder of that name
   */
  public static void write(Path target, Content content) {
    try {
      Path place = resolve(target);
      if (isStream(place)) {
        writeDirectly(place, content);
      } else {
        replace(place, content);
      }
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  /**
   * Finds out whether a file can be written, before what is to be in it has been worked out: makes
   * the temporary file and removes it.
   *
   * @throws InputException as {@link #write} would throw it
   */
  public static void require(Path target) {
    try {
      Path place = resolve(target);
      if (!isStream(place)) {
        Path temporary = temporary(place);
        try {
          Files.createFile(temporary);
        } finally {
          Files.deleteIfExists(temporary);
        }
      } else if (!Files.isWritable(place)) {
        throw new AccessDeniedException(place.toString());
      }
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  private static void writeDirectly(Path place, Content content) throws IOException {
    // Append, because /dev/stdout redirected to a file opens that file anew, at its beginning.
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(place, StandardOpenOption.APPEND))) {
      content.writeTo(out);
    }
  }

  private static void replace(Path place, Content content) throws IOException {
    Path temporary = temporary(place);
    try {
      try (FileChannel channel =
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Files.createTempFile would make the result private to its owner whatever the umask says. */
  private static Path temporary(Path place) {
    return place.resolveSibling(".lockstep-" + UUID.randomUUID() + ".tmp");
  }

  /**
   * Whether the place is a device, a pipe, or a process's open stream, none of which is renamed.
   */
  private static boolean isStream(Path place) {
    return isProcess(place) || (Files.exists(place) && !Files.isRegularFile(place));
  }

  /** Links below /proc name open streams even where they appear to lead to a regular file. */
  private static boolean isProcess(Path place) {
    return place.startsWith("/proc");
  }

  /** Follows links up to the place that a rename must take, stopping at a process's streams. */
  private static Path resolve(Path target) throws IOException {
    Path place = target.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      Path folder = place.getParent();
      Path name = place.getFileName();
      if (folder == null || name == null || Files.isDirectory(place)) {
        throw new FileSystemException(place.toString(), null, "it is a folder");
      }
      if (!Files.exists(folder)) {
        throw new NoSuchFileException(folder.toString());
      }
      Path realFolder = folder.toRealPath();
      place = realFolder.resolve(name);
      if (isProcess(place) || !Files.isSymbolicLink(place)) {
        return place;
      }
      place = realFolder.resolve(Files.readSymbolicLink(place));
    }
    throw new FileSystemLoopException(target.toString());
  }
}
