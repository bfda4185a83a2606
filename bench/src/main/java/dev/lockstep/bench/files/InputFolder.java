package dev.lockstep.bench.files;

import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A folder of results to be read. Its manifest names its other files with their SHA-256, so that a
 * file that was changed or exchanged is found.
 */
public final class InputFolder {

  /** The manifest's name. */
  public static final String MANIFEST = "manifest.json";

  /** The state of a folder in which nothing is missing. */
  public static final String COMPLETE = "complete";

  /** The state of a folder whose making was cut short. */
  public static final String PARTIAL = "partial";

  /** The most results of a folder without a manifest. */
  private static final int MOST_FILES = 100;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path path;
  private final JsonNode manifest;
  private final Map<String, String> digests = new HashMap<>();

  private InputFolder(Path path, JsonNode manifest) {
    this.path = path;
    this.manifest = manifest;
  }

  /**
   * Opens a folder and reads its manifest.
   *
   * @param kind the kind that the manifest must name
   * @param schema the version that the manifest must have
   * @param older what to do about a folder with a smaller version
   * @throws InputException if it is no folder of this kind and version
   */
  public static InputFolder open(Path path, String kind, int schema, String older) {
    if (!Files.isDirectory(path)) {
      throw new InputException("results", "folder", path, "expected one that `bench` wrote");
    }
    Path file = file(path, MANIFEST);
    JsonNode manifest = JsonFile.tree(file);
    JsonNode found = manifest.path("kind");
    if (!found.asString("").equals(kind)) {
      throw new InputException(file.toString(), "kind", found, "expected " + kind);
    }
    JsonNode version = manifest.path("schema");
    if (!version.isInt() || version.intValue() != schema) {
      throw new InputException(
          file.toString(),
          "schema",
          version,
          "expected "
              + schema
              + (version.isInt() && version.intValue() < schema ? ": " + older : ""));
    }
    return new InputFolder(path, manifest);
  }

  /**
   * Returns what is to be read of a path: the files {@code *.json} of a folder without a manifest,
   * by name, and else the path itself.
   *
   * @throws InputException if the folder cannot be read, or has too many of them
   */
  public static List<Path> results(Path path) {
    if (!Files.isDirectory(path) || Files.exists(path.resolve(MANIFEST))) {
      return List.of(path);
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.json")) {
      for (Path file : files) {
        found.add(file);
        if (found.size() > MOST_FILES) {
          throw new InputException(
              path.toString(), "files", found.size(), "expected at most " + MOST_FILES);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new InputException(
          path.toString(), "folder", String.valueOf(e.getMessage()), "which is not readable");
    }
    found.sort(null);
    return found.isEmpty() ? List.of(path) : found;
  }

  /**
   * Whether a folder is complete.
   *
   * @param source the manifest, for the message
   * @param state what it says
   * @throws InputException if that is no state
   */
  public static boolean isComplete(String source, String state) {
    if (!state.equals(COMPLETE) && !state.equals(PARTIAL)) {
      throw new InputException(source, "state", state, "expected " + COMPLETE + " or " + PARTIAL);
    }
    return state.equals(COMPLETE);
  }

  /** The manifest. */
  public JsonNode manifest() {
    return manifest;
  }

  /**
   * The path of a file.
   *
   * @throws InputException if it is a link, which would have the folder choose a path
   */
  public Path file(String name) {
    return file(path, name);
  }

  /**
   * The path of a file in a folder that has no manifest.
   *
   * @throws InputException if it is a link
   */
  public static Path file(Path path, String name) {
    Path file = path.resolve(name);
    if (Files.isSymbolicLink(file)) {
      throw new InputException(file.toString(), "file", "a link", "expected a regular file");
    }
    return file;
  }

  /**
   * Takes over what the manifest says of other files: each of them must be as it was written.
   *
   * @param declared the manifest's digests by file name
   * @param read the files that are compared with their digest when {@link #bytes} reads them
   * @param others the other files that the manifest may name; they are compared now
   * @throws InputException naming the file
   */
  public void declare(Map<String, String> declared, List<String> read, List<String> others) {
    String source = file(MANIFEST).toString();
    List<String> known = Stream.concat(read.stream(), others.stream()).toList();
    for (Map.Entry<String, String> entry : declared.entrySet()) {
      String name = entry.getKey();
      if (!NAME.matcher(name).matches() || !known.contains(name)) {
        throw new InputException(source, "files", name, "expected " + String.join(", ", known));
      }
      if (!DIGEST.matcher(entry.getValue()).matches()) {
        throw new InputException(source, name, entry.getValue(), "expected a SHA-256");
      }
      digests.put(name, entry.getValue());
      if (others.contains(name)) {
        var _ = bytes(name);
      }
    }
  }

  /**
   * Reads a file.
   *
   * @throws InputException naming the file, if it cannot be read or is not as it was declared
   */
  public byte[] bytes(String name) {
    Path file = file(name);
    byte[] content = JsonFile.bytes(file);
    String declared = digests.get(name);
    if (declared != null) {
      String digest = Sha256.of(content);
      if (!digest.equals(declared)) {
        throw new InputException(
            file.toString(),
            "SHA-256",
            digest,
            "expected that of the manifest: the file was changed or is another run's");
      }
    }
    return content;
  }

  /**
   * Reads a file as a tree.
   *
   * @throws InputException as {@link #bytes}, or if it is not JSON
   */
  public JsonNode tree(String name) {
    return JsonFile.tree(file(name).toString(), bytes(name));
  }
}
