package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files that are either complete or absent.
 *
 * <p>The content goes to a temporary file in the target's folder, is forced to the disk, and takes
 * the target's name in one step. A reader sees the old or the new content. A failure leaves the old
 * content and no temporary file; one that a killed process left is removed by the next that writes
 * into the folder. A symbolic link stays, and the file it points to is replaced.
 *
 * <p>Devices and pipes, such as {@code /dev/stdout} or {@code /dev/full}, have no content to
 * replace and are written directly.
 */
public final class AtomicFile {

  private static final int MOST_LINKS = 40;

  /** The content of a file, written front to back. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of the content. The stream is buffered, and the caller closes it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes or replaces a file.
   *
   * @throws InputException if the target cannot be written: its folder is missing, permission is
   *     denied, the disk is full, or the target is a folder
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
   * Checks that a file can be written, before its content is computed. This makes the temporary
   * file and removes it.
   *
   * @throws InputException as {@link #write} would throw
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

  /** Whether {@link #write} replaces the target in one step; streams are written directly. */
  public static boolean replaces(Path target) {
    try {
      return !isStream(resolve(target));
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  private static void writeDirectly(Path place, Content content) throws IOException {
    // Append, because opening /dev/stdout opens a file it is redirected to at its beginning.
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(place, StandardOpenOption.APPEND))) {
      content.writeTo(out);
    }
  }

  private static void replace(Path place, Content content) throws IOException {
    removeLeft(place);
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

  /** Removes the temporary files beside a place whose processes have ended. */
  private static void removeLeft(Path place) throws IOException {
    try (DirectoryStream<Path> there =
        Files.newDirectoryStream(place.resolveSibling(""), "." + TemporaryName.START + "*.tmp")) {
      for (Path file : there) {
        if (TemporaryName.isLeft(String.valueOf(file.getFileName()))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (AccessDeniedException e) {
      // A folder that may be written but not listed, or another user's file.
    }
  }

  /** Not made by Files.createTempFile, which ignores the umask and lets only the owner read it. */
  private static Path temporary(Path place) {
    return place.resolveSibling("." + TemporaryName.next() + ".tmp");
  }

  /** Whether a place is a device, a pipe or a process's open stream, which cannot be replaced. */
  private static boolean isStream(Path place) {
    return isProcess(place) || (Files.exists(place) && !Files.isRegularFile(place));
  }

  /** Links below /proc name open streams, even those that appear to lead to a regular file. */
  private static boolean isProcess(Path place) {
    return place.startsWith("/proc");
  }

  /**
   * Follows links to the place that a rename must replace, but not those of a process's streams.
   */
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
