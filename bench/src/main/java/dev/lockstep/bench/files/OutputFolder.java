package dev.lockstep.bench.files;

import dev.lockstep.file.AtomicFile;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A folder that a command writes, file by file, while it holds the folder's lock. Each file is
 * replaced atomically.
 *
 * <p>The first files of a folder are its beginning; the last of these is its mark. A folder without
 * its mark holds nothing worth keeping: whatever a killed command left there is removed when the
 * folder is begun again. A folder with its mark can only be reopened. A command that ends before it
 * calls {@link #keep} leaves no folder.
 */
public final class OutputFolder implements AutoCloseable {

  private static final String TEMPORARY = ".lockstep-*.tmp";

  private final Path path;
  private final Form form;
  private final FolderLock lock;
  private final List<Path> made;
  private final Map<String, String> digests = new TreeMap<>();
  private final Thread atExit = new Thread(this::release);
  private boolean kept;
  private boolean released;

  /**
   * What a kind of folder holds.
   *
   * @param mark the last file of the beginning
   * @param others the other files that may be there before the mark is
   * @param resumed the end of the message for a folder that has been begun
   */
  public record Form(String mark, Set<String> others, String resumed) {}

  private OutputFolder(Path path, Form form, FolderLock lock, List<Path> made) {
    this.path = path;
    this.form = form;
    this.lock = lock;
    this.made = made;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Creates and locks a folder, or locks one that is empty or was left before its mark was written.
   *
   * @param flag the flag that names the folder
   * @throws InputException if the folder cannot be created, is locked, or holds something
   */
  public static OutputFolder begin(String flag, Path path, Form form) {
    List<Path> made = make(path);
    OutputFolder folder = new OutputFolder(path, form, lock(flag, path, made), made);
    try {
      folder.requireNothingElse(flag);
      folder.removeOwn();
      return folder;
    } catch (InputException e) {
      folder.letGo();
      throw e;
    } catch (IOException e) {
      folder.letGo();
      throw InputException.unwritable(path, e);
    }
  }

  /**
   * Locks a folder that was begun.
   *
   * @param flag the flag that names the folder
   * @throws InputException if the folder has no mark or is locked
   */
  public static OutputFolder reopen(String flag, Path path, Form form) {
    if (!Files.isRegularFile(path.resolve(form.mark))) {
      throw new InputException(flag, "folder", path, "expected one with a " + form.mark);
    }
    OutputFolder folder =
        new OutputFolder(path, form, FolderLock.take(flag, path), new ArrayList<>());
    folder.keep();
    try {
      folder.removeTemporary();
      return folder;
    } catch (IOException e) {
      folder.close();
      throw InputException.unwritable(path, e);
    }
  }

  private static List<Path> make(Path path) {
    List<Path> made = new ArrayList<>();
    try {
      for (Path each = path.toAbsolutePath().normalize();
          each != null && !Files.exists(each);
          each = each.getParent()) {
        made.add(each);
      }
      Files.createDirectories(path);
      return made;
    } catch (IOException e) {
      remove(made);
      throw InputException.unwritable(path, e);
    }
  }

  private static FolderLock lock(String flag, Path path, List<Path> made) {
    try {
      return FolderLock.take(flag, path);
    } catch (InputException e) {
      remove(made);
      throw e;
    }
  }

  private void requireNothingElse(String flag) throws IOException {
    if (Files.exists(path.resolve(form.mark))) {
      throw new InputException(flag, "folder", path, form.resumed);
    }
    try (DirectoryStream<Path> there = Files.newDirectoryStream(path, file -> !isOwn(file))) {
      if (there.iterator().hasNext()) {
        throw new InputException(flag, "folder", path, form.resumed);
      }
    } catch (NotDirectoryException e) {
      throw new InputException(flag, "folder", path, "expected a folder");
    }
  }

  private boolean isOwn(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.equals(FolderLock.FILE)
        || form.others.contains(name)
        || file.getFileSystem().getPathMatcher("glob:" + TEMPORARY).matches(file.getFileName());
  }

  private void removeOwn() throws IOException {
    Files.deleteIfExists(path.resolve(form.mark));
    for (String other : form.others) {
      Files.deleteIfExists(path.resolve(other));
    }
    removeTemporary();
  }

  /** Removes temporary files that a killed process left. */
  private void removeTemporary() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(path, TEMPORARY)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Says that the folder holds something worth keeping, whatever happens next. */
  public void keep() {
    kept = true;
  }

  /** Writes or replaces a file. */
  public void write(String file, byte[] content) {
    AtomicFile.write(path.resolve(file), out -> out.write(content));
    digests.put(file, Sha256.of(content));
  }

  /** Removes a file. */
  public void delete(String file) {
    try {
      Files.deleteIfExists(path.resolve(file));
      digests.remove(file);
    } catch (IOException e) {
      throw InputException.unwritable(path.resolve(file), e);
    }
  }

  /** The SHA-256 of each file that was written, by name, except the mark. */
  public Map<String, String> digests() {
    Map<String, String> others = new TreeMap<>(digests);
    others.remove(form.mark);
    return others;
  }

  /** Unlocks the folder; removes it if there is nothing to keep. */
  @Override
  public void close() {
    release();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs, or has run, and finds that the folder was released.
    }
  }

  private synchronized void release() {
    if (released) {
      return;
    }
    if (!kept) {
      try {
        removeOwn();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    letGo();
  }

  private synchronized void letGo() {
    released = true;
    lock.close();
    if (!kept) {
      remove(made);
    }
  }

  /** Removes folders that were made, innermost first, as far as they are empty. */
  private static void remove(List<Path> made) {
    for (Path folder : made) {
      if (!folder.toFile().delete()) {
        return;
      }
    }
  }
}
