package dev.lockstep.gpu.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new folder with a random name and one file, accessible only to the current user. {@link #close}
 * removes it, or the end of the JVM if that comes first.
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
   * @param parent the folder around it, which is made if it does not exist
   * @throws IOException if either fails; then nothing is left behind
   */
  static PrivateFolder with(Path parent, String fileName, byte[] bytes) throws IOException {
    Files.createDirectories(parent);
    // Java gives temporary folders the permissions rwx------.
    Path path = Files.createTempDirectory(parent, "lockstep-");
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

  /** Folders to make private folders in, in order of preference. */
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
      // The hook runs and finds nothing to remove.
    }
  }

  private void remove() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException keptInUse) {
      // A network file system keeps a file that is in use under another name.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }
}
