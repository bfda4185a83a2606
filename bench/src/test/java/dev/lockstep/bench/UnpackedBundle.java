package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The bundle, unpacked into a folder that may only be read. It runs with an empty environment in
 * the top folder, and never as root, whom permissions do not bind.
 */
final class UnpackedBundle {

  /** What a run left behind. */
  record Run(int status, String out, String err) {}

  private static final String NOBODY = "65534";

  private final Path folder;
  private final Path writable;
  private final Map<String, String> files;

  /**
   * Unpacks the archive as a user would.
   *
   * @param temp an empty folder
   */
  UnpackedBundle(Path archive, Path temp) throws IOException, InterruptedException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path parent = Files.createDirectory(temp.resolve("an empty folder"));
    writable = Files.createDirectory(temp.resolve("writable"));
    Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
    use("tar", "-xzf", archive.toString(), "-C", parent.toString());
    use("chmod", "-R", "a-w", parent.toString());
    try (Stream<Path> content = Files.list(parent)) {
      List<Path> found = content.toList();
      if (found.size() != 1) {
        throw new IllegalStateException("the archive holds " + found + " and not one folder");
      }
      folder = found.getFirst();
    }
    files = files();
  }

  Path file(String path) {
    return folder.resolve(path);
  }

  /** Where whoever runs the bundle may write. */
  Path writable(String name) {
    return writable.resolve(name);
  }

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException if the bundle is no longer as it was unpacked
   */
  Run run(Object... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      line.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
    }
    Stream.of(command).map(Object::toString).forEach(line::add);
    Run run = start(line);
    if (!files().equals(files)) {
      throw new IllegalStateException(line + " has changed the bundle");
    }
    return run;
  }

  /** Path, size, times and permissions of all that was unpacked. */
  private Map<String, String> files() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> content = Files.walk(folder)) {
      for (Path path : content.toList()) {
        PosixFileAttributes attributes =
            Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        found.put(
            path.toString(),
            attributes.size()
                + " "
                + attributes.lastModifiedTime()
                + " "
                + PosixFilePermissions.toString(attributes.permissions()));
      }
    }
    return found;
  }

  private static void use(String... command) throws IOException, InterruptedException {
    Run run = start(List.of(command));
    if (run.status() != 0) {
      throw new IllegalStateException(List.of(command) + ": " + run.err());
    }
  }

  private static Run start(List<String> line) throws IOException, InterruptedException {
    Path out = Files.createTempFile("bundle", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line).directory(Path.of("/").toFile()).redirectOutput(out.toFile());
      builder.environment().clear();
      Process process = builder.start();
      process.getOutputStream().close();
      String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
      return new Run(process.waitFor(), Files.readString(out), err);
    } finally {
      Files.delete(out);
    }
  }
}
