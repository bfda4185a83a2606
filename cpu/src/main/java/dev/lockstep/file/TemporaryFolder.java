package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A folder for this process alone, readable by no other user. It is removed with all it holds when
 * it is closed or the JVM exits; what a killed process left is removed when the next is made.
 */
public final class TemporaryFolder implements AutoCloseable {

  private final Path path;
  private final Thread atExit = new Thread(this::remove);

  private TemporaryFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Takes over the JVM's temporary folder if the launcher made it for this process: it is removed
   * when the JVM exits.
   */
  public static void takeOver() {
    if (isOfLauncher()) {
      TemporaryFolder unused = new TemporaryFolder(place());
    }
  }

  /**
   * Makes a folder in the JVM's temporary folder.
   *
   * @throws InputException if it cannot be made
   */
  public static TemporaryFolder create() {
    Path place = place();
    try {
      removeLeft(isOfLauncher() ? Objects.requireNonNull(place.getParent()) : place);
      return make(place);
    } catch (IOException e) {
      throw InputException.unwritable(place, e);
    }
  }

  /**
   * Makes a folder in another one, which is made if it does not exist.
   *
   * @throws IOException if either cannot be made
   */
  public static TemporaryFolder createIn(Path parent) throws IOException {
    Path place = Files.createDirectories(parent).toAbsolutePath();
    if (Files.isReadable(place)) {
      removeLeft(place);
    }
    return make(place);
  }

  private static TemporaryFolder make(Path place) throws IOException {
    return new TemporaryFolder(
        Files.createDirectory(
            place.resolve(TemporaryName.next()),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  private static Path place() {
    return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
  }

  private static boolean isOfLauncher() {
    return TemporaryName.isOwn(String.valueOf(place().getFileName()));
  }

  /** Removes the folders of this user's processes that have ended. */
  private static void removeLeft(Path place) throws IOException {
    try (DirectoryStream<Path> there = Files.newDirectoryStream(place, TemporaryName.START + "*")) {
      for (Path folder : there) {
        if (TemporaryName.isLeft(String.valueOf(folder.getFileName()))
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.isWritable(folder)) {
          remove(folder);
        }
      }
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Removes the folder. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs, and finds nothing to remove.
    }
  }

  private void remove() {
    try {
      remove(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a folder and all it holds; links are removed and not followed. */
  private static void remove(Path folder) throws IOException {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path visited, @org.jspecify.annotations.Nullable IOException fault)
                throws IOException {
              Files.deleteIfExists(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException gone) {
      // Somebody else has removed it.
    } catch (DirectoryNotEmptyException keptInUse) {
      // A network file system keeps a file that is in use under another name. The next start
      // removes it.
    }
  }
}
