package dev.lockstep.gpu.discovery;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Searches a machine for files that may be cuBLAS, place by place. */
final class CublasPlaces {

  static final String VARIABLE = "LOCKSTEP_CUBLAS";

  /** Where a toolkit has its libraries, to which lib64 is a link. */
  private static final String TARGET = "targets/x86_64-linux/lib";

  /** The folder of NVIDIA's packages within Python's. */
  private static final String PACKAGES = "nvidia";

  private static final Pattern FILE_NAME = Pattern.compile("libcublas\\.so\\.\\d+");
  private static final Pattern CACHE_LINE =
      Pattern.compile("\\s*libcublas\\.so\\.\\d+ \\(libc6,x86-64[^)]*\\) => (.+)");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** Enough for Python to start behind a version manager on a slow disk. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Prints the folders of installed packages, each followed by a NUL. */
  private static final String PRINT_PACKAGE_FOLDERS =
      "import os, sys; sys.stdout.buffer.write(b''.join(os.fsencode(p) + b'\\0' for p in sys.path"
          + " if p))";

  /**
   * Names without a number, then the others by descending numbers: {@code cuda}, which the
   * machine's owner points at the toolkit to use, {@code cuda-13.0}, {@code cuda-12.10}, {@code
   * cuda-12.9}.
   */
  private static final Comparator<Path> NEWEST_FIRST =
      Comparator.comparing((Path path) -> numbers(path).length > 0)
          .thenComparing(CublasPlaces::numbers, (left, right) -> Arrays.compare(right, left))
          .thenComparing(CublasPlaces::name);

  private final Environment environment;

  /** A remark for each folder that could not be read. */
  private final List<String> remarks = new ArrayList<>();

  private CublasPlaces(Environment environment) {
    this.environment = environment;
  }

  /**
   * Searches all places, or only the one that {@value #VARIABLE} names. This lists folders and asks
   * {@code ldconfig} and {@code python3} within a time limit. It loads nothing.
   *
   * @return the places in order of preference
   */
  static List<SearchPlace> of(Environment environment) {
    Optional<String> named = environment.variable(VARIABLE);
    if (named.isPresent()) {
      return List.of(new CublasPlaces(environment).named(named.get()));
    }
    return List.of(
        new CublasPlaces(environment).searchPath(),
        new CublasPlaces(environment).loaderCache(),
        new CublasPlaces(environment).toolkits(),
        new CublasPlaces(environment).pythonPackages());
  }

  private SearchPlace named(String value) {
    Optional<Path> path = Environment.path(value);
    if (path.isEmpty() || !Files.exists(path.get())) {
      return place(VARIABLE + "=" + value + ", which does not exist", List.of());
    }
    return Files.isDirectory(path.get())
        ? place("the folder " + VARIABLE + "=" + value, below(path.get()))
        : place(VARIABLE + "=" + value, List.of(path.get()));
  }

  /**
   * The files in a folder of libraries or, below it, where a toolkit, a Python package, the folder
   * of all packages, or a virtual environment has them.
   */
  private List<Path> below(Path folder) {
    List<Path> files = new ArrayList<>(filesIn(folder));
    for (String libraries : List.of("lib64", "lib", TARGET)) {
      files.addAll(filesIn(folder.resolve(libraries)));
    }
    files.addAll(packagesIn(folder));
    files.addAll(packagesIn(folder.resolve(PACKAGES)));
    for (Path python : foldersIn(folder.resolve("lib"), "python3*")) {
      files.addAll(packagesIn(python.resolve("site-packages").resolve(PACKAGES)));
    }
    return files;
  }

  /** The files of NVIDIA's Python packages, such as {@code cublas/lib} and {@code cu13/lib}. */
  private List<Path> packagesIn(Path folder) {
    return foldersIn(folder, "*").stream()
        .flatMap(each -> filesIn(each.resolve("lib")).stream())
        .toList();
  }

  private SearchPlace searchPath() {
    Optional<String> value = environment.variable(Environment.SEARCH_PATH);
    return value.isEmpty()
        ? place(Environment.SEARCH_PATH + " (not set)", List.of())
        : place(
            Environment.SEARCH_PATH + "=" + value.get(),
            environment.folders(Environment.SEARCH_PATH).stream()
                .flatMap(folder -> filesIn(folder).stream())
                .toList());
  }

  private SearchPlace loaderCache() {
    String name = "the loader's cache";
    Optional<Path> ldconfig = environment.command("ldconfig", "/sbin", "/usr/sbin");
    if (ldconfig.isEmpty()) {
      return place(name + " (there is no ldconfig)", List.of());
    }
    return switch (Command.ask(List.of(ldconfig.get().toString(), "-p"), LIMIT)) {
      case Command.Answer.Said(String text) ->
          place(
              name,
              text.lines()
                  .map(CACHE_LINE::matcher)
                  .filter(Matcher::matches)
                  .flatMap(line -> Environment.path(line.group(1)).stream())
                  .sorted(NEWEST_FIRST)
                  .toList());
      case Command.Answer.None(String predicate) ->
          place(name + " (" + ldconfig.get() + " " + predicate + ")", List.of());
    };
  }

  private SearchPlace toolkits() {
    Path local = environment.localFolder();
    List<Path> files = new ArrayList<>();
    for (Path toolkit : foldersIn(local, "cuda*")) {
      for (String libraries : List.of("lib64", TARGET)) {
        files.addAll(filesIn(toolkit.resolve(libraries)));
      }
    }
    return place(local + "/cuda*", files);
  }

  private SearchPlace pythonPackages() {
    Optional<Path> python = environment.command("python3");
    if (python.isEmpty()) {
      return place("pip's nvidia packages (there is no python3 on the PATH)", List.of());
    }
    String name = "the nvidia packages of " + python.get();
    List<String> command = List.of(python.get().toString(), "-c", PRINT_PACKAGE_FOLDERS);
    return switch (Command.ask(command, LIMIT)) {
      case Command.Answer.Said(String text) ->
          place(
              name,
              Stream.of(text.split("\0"))
                  .flatMap(folder -> Environment.path(folder).stream())
                  .flatMap(folder -> packagesIn(folder.resolve(PACKAGES)).stream())
                  .toList());
      case Command.Answer.None(String predicate) -> place(name + ", which " + predicate, List.of());
    };
  }

  private SearchPlace place(String description, List<Path> files) {
    return new SearchPlace(
        remarks.isEmpty()
            ? description
            : description + remarks.stream().collect(Collectors.joining(", ", " (", ")")),
        files);
  }

  /** The files of a folder that are named like cuBLAS, the newest version first. */
  private List<Path> filesIn(Path folder) {
    return entries(folder, file -> FILE_NAME.matcher(name(file)).matches());
  }

  private List<Path> foldersIn(Path folder, String glob) {
    var matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
    return entries(
        folder, entry -> matcher.matches(entry.getFileName()) && Files.isDirectory(entry));
  }

  /** The entries of a folder, the newest version first; none if there is no such folder. */
  private List<Path> entries(Path folder, DirectoryStream.Filter<Path> filter) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, filter)) {
      stream.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      remarks.add(folder + " cannot be read");
      return List.of();
    }
    found.sort(NEWEST_FIRST);
    return found;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static int[] numbers(Path path) {
    return NUMBER
        .matcher(name(path))
        .results()
        .mapToInt(number -> number.group().length() < 10 ? Integer.parseInt(number.group()) : 0)
        .toArray();
  }
}
