package dev.lockstep.gpu.discovery;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a search depends on.
 *
 * @param variables of the process
 * @param localFolder where CUDA toolkits are installed, {@code /usr/local}
 */
record Environment(Map<String, String> variables, Path localFolder) {

  Environment {
    variables = Map.copyOf(variables);
  }

  static Environment ofThisProcess() {
    return new Environment(System.getenv(), Path.of("/usr/local"));
  }

  /** The value of a variable; empty if it is not set, or to nothing. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** A variable's folders, separated by colons. */
  List<Path> folders(String name) {
    return variable(name).stream()
        .flatMap(value -> Stream.of(value.split(File.pathSeparator)))
        .flatMap(folder -> path(folder).stream())
        .toList();
  }

  /** A command on the PATH, or else in one of some folders. */
  Optional<Path> command(String name, String... otherFolders) {
    return Stream.concat(folders("PATH").stream(), Stream.of(otherFolders).map(Path::of))
        .map(folder -> folder.resolve(name).toAbsolutePath())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** The path of that name; empty where the name cannot be one in the JVM's encoding. */
  static Optional<Path> path(String name) {
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name).toAbsolutePath());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
