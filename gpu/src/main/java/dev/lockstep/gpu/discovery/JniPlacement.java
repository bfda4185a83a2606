package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes JCuda load its native code from a file that this class has written.
 *
 * <p>JCuda first tries {@code System.loadLibrary}, whose search path is fixed when the JVM starts.
 * Then it unpacks the library into {@code java.io.tmpdir}, or takes a file that already has the
 * name there. This class writes the library into a new private folder and points that property at
 * the folder while JCuda's class is initialised. Then it removes the folder; a loaded library needs
 * no file name.
 */
final class JniPlacement {

  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";
  private static final String REMEDY =
      "point -Djava.io.tmpdir (LOCKSTEP_JAVA_OPTS) at a folder that can be written and executed"
          + " from";

  private JniPlacement() {}

  /**
   * Loads a library. The libraries it needs must have been loaded.
   *
   * @param bytes the library, as shipped or adapted
   * @param parents folders to try in turn until the library can be loaded from one
   * @throws UnavailableException if no folder will do, or if the library cannot be loaded
   */
  static void load(JniLibrary library, byte[] bytes, List<Path> parents) {
    refuseOthers(library);
    List<String> attempts = new ArrayList<>();
    for (Path parent : parents) {
      try (TemporaryFolder folder = TemporaryFolder.createIn(parent)) {
        Path file = Files.write(folder.path().resolve(library.fileName()), bytes);
        // First without JCuda, which would wrap the loader's message in two stack traces.
        NativeLibrary.open(file.toString());
        initialise(library, folder);
        return;
      } catch (IOException e) {
        attempts.add(parent + ": " + reason(e));
      } catch (LoadException e) {
        if (e.kind() != LoadException.Kind.NOT_EXECUTABLE) {
          throw notLoaded(library, e.reason());
        }
        attempts.add(parent + ": files there may not be executed");
      }
    }
    throw new UnavailableException(
        Cause.NATIVES,
        "no folder for " + library.fileName() + " (" + String.join("; ", attempts) + ")",
        REMEDY);
  }

  /** Folders to make private folders in, in order of preference. */
  static List<Path> parents(Environment environment) {
    List<Path> parents = new ArrayList<>();
    Environment.path(System.getProperty(TEMPORARY_FOLDER, "")).ifPresent(parents::add);
    environment
        .variable("XDG_CACHE_HOME")
        .or(() -> Optional.of(System.getProperty("user.home", "") + "/.cache"))
        .flatMap(Environment::path)
        .ifPresent(parents::add);
    parents.add(Path.of("/var/tmp"));
    parents.add(Path.of("/dev/shm"));
    return parents.stream().distinct().toList();
  }

  private static void initialise(JniLibrary library, TemporaryFolder folder) {
    String usual = System.getProperty(TEMPORARY_FOLDER);
    System.setProperty(TEMPORARY_FOLDER, folder.path().toString());
    try {
      library.initialise();
    } catch (LinkageError e) {
      throw notLoaded(library, e.toString().lines().findFirst().orElse(""));
    } finally {
      System.setProperty(TEMPORARY_FOLDER, usual);
    }
  }

  /** JCuda prefers a library of that name on the JVM's library path to the one written here. */
  private static void refuseOthers(JniLibrary library) {
    Stream.of(System.getProperty("java.library.path", "").split(File.pathSeparator))
        .flatMap(folder -> Environment.path(folder).stream())
        .map(folder -> folder.resolve(library.fileName()))
        .filter(Files::exists)
        .findFirst()
        .ifPresent(
            other -> {
              throw new UnavailableException(
                  Cause.NATIVES,
                  "JCuda would load " + other + " and not the library of this build",
                  "remove that file, or its folder from LD_LIBRARY_PATH");
            });
  }

  private static UnavailableException notLoaded(JniLibrary library, String message) {
    return new UnavailableException(
        Cause.NATIVES,
        library.fileName() + " cannot be loaded (" + message + ")",
        "`lockstep doctor` shows what was found of CUDA");
  }

  /** Describes the failure of a file operation. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
