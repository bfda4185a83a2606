package dev.lockstep.gpu.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new folder of a random name that nobody else may look into, for one file. It is gone with
 * {@link #close}, or with the JVM if that ends before.
 */
final class PrivateFolder implements AutoCloseable {

  private final Path path;
  private final Path file;
  private final Thread atExit;

  private PrivateFolder(Path path, String fileName) {
    this.path = path;
    this.file = path.resolve(fileName);
    this.atExit = new Thread(this::remove, "removes " + path);
  }

  /**
   * Makes the folder and writes the file.
   *
   * @param parent a folder, which need not exist yet
   * @throws IOException if that cannot be done; then nothing is left behind
   */
  static PrivateFolder with(Path parent, String fileName, byte[] bytes) throws IOException {
    Files.createDirectories(parent);
    Path path;
    try {
      path =
          Files.createTempDirectory(
              parent,
              "lockstep-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (UnsupportedOperationException e) {
      throw new IOException("its file system knows no permissions", e);
    }
    PrivateFolder folder = new PrivateFolder(path.toAbsolutePath(), fileName);
    try {
      Runtime.getRuntime().addShutdownHook(folder.atExit);
      Files.write(folder.file, bytes);
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Where such folders may be made, the usual one first. */
  static List<Path> parents(Environment environment) {
    List<Path> parents = new ArrayList<>();
    Environment.path(System.getProperty("java.io.tmpdir", "")).ifPresent(parents::add);
    environment
        .variable("XDG_CACHE_HOME")
        .or(() -> Optional.of(System.getProperty("user.home", "") + "/.cache"))
        .flatMap(Environment::path)
        .ifPresent(parents::add);
    parents.add(Path.of("/var/tmp"));
    parents.add(Path.of("/dev/shm"));
    return parents.stream().distinct().toList();
  }

  Path path() {
    return path;
  }

  Path file() {
    return file;
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs, and finds nothing left to do.
    }
  }

  private void remove() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException keptInUse) {
      // A network file system keeps a file that is in use, under another name.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }
}
