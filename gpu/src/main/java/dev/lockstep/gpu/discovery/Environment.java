package dev.lockstep.gpu.discovery;

import dev.lockstep.machine.NvidiaFiles;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a search for CUDA, and the diagnosis of what it finds, depend on.
 *
 * @param variables the environment variables of the process
 * @param localFolder where CUDA toolkits are installed, {@code /usr/local}
 * @param nvidia what files say about the driver
 */
record Environment(Map<String, String> variables, Path localFolder, NvidiaFiles nvidia) {
  /** The variable that lists where the loader looks first. */
  static final String SEARCH_PATH = "LD_LIBRARY_PATH";

  Environment {
    variables = Map.copyOf(variables);
  }

  static Environment ofThisProcess() {
    return new Environment(System.getenv(), Path.of("/usr/local"), NvidiaFiles.here());
  }

  /** The value of a variable; empty if it is not set or is the empty text. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** The folders that a variable lists, separated by colons. */
  List<Path> folders(String name) {
    return variable(name).stream()
        .flatMap(value -> Stream.of(value.split(File.pathSeparator)))
        .flatMap(folder -> path(folder).stream())
        .toList();
  }

  /** The first executable of that name on the PATH or, failing that, in the other folders. */
  Optional<Path> command(String name, String... otherFolders) {
    return Stream.concat(folders("PATH").stream(), Stream.of(otherFolders).map(Path::of))
        .map(folder -> folder.resolve(name).toAbsolutePath())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** The absolute path of a name; empty if the name is no path in the JVM's encoding. */
  static Optional<Path> path(String name) {
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name).toAbsolutePath());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
