package dev.lockstep.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** A folder of sound files, some of which are replaced for one input. */
public final class FuzzedFolder {

  private final Path path;
  private final Map<String, byte[]> sound;
  private final Set<String> replaced = new HashSet<>();
  private final Set<String> written = new HashSet<>();

  /**
   * Creates the folder.
   *
   * @param suffix of the folder's name
   * @param sound content by file name
   */
  public FuzzedFolder(String suffix, Map<String, byte[]> sound) {
    path = Fuzzed.path(suffix);
    this.sound = Map.copyOf(sound);
    try {
      Files.createDirectories(path);
      path.toFile().deleteOnExit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sound.forEach(this::write);
  }

  /** The texts of some targets by the file that each is the content of. */
  public static <T> Map<String, byte[]> texts(
      T[] targets, Function<T, String> file, Function<T, String> text) {
    Map<String, byte[]> files = new HashMap<>();
    for (T each : targets) {
      files.put(file.apply(each), text.apply(each).getBytes(StandardCharsets.UTF_8));
    }
    return files;
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Content by name of each sound file. */
  public Map<String, byte[]> sound() {
    return new HashMap<>(sound);
  }

  /**
   * Has a reader read the folder while some files are other than sound.
   *
   * @param files content by name
   * @param length of what was made up, in bytes
   * @throws AssertionError if it did what none may do
   */
  public void check(Map<String, byte[]> files, int length, Fuzzed.Parser parser) {
    for (String name : replaced) {
      if (!files.containsKey(name)) {
        write(name, sound.getOrDefault(name, new byte[0]));
      }
    }
    replaced.clear();
    replaced.addAll(files.keySet());
    files.forEach(this::write);
    Fuzzed.check(path, length, parser);
  }

  private void write(String name, byte[] content) {
    try {
      Path file = path.resolve(name);
      if (written.add(name)) {
        Path folder = Objects.requireNonNull(file.getParent());
        Files.createDirectories(folder).toFile().deleteOnExit();
        file.toFile().deleteOnExit();
      }
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
