package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes JCuda load its native code from a file of our own.
 *
 * <p>JCuda tries {@code System.loadLibrary}, whose search path the JVM has read at its start, and
 * then unpacks the library into {@code java.io.tmpdir}, or takes what lies there under its name. So
 * the library is put into a folder of its own, and that property leads there while JCuda's class is
 * initialised. The folder is removed at once: what is loaded needs no name.
 */
final class JniPlacement {

  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";
  private static final String REMEDY =
      "point -Djava.io.tmpdir (LOCKSTEP_JAVA_OPTS) at a folder that can be written and executed"
          + " from";

  /** What the loader says of a file in a folder mounted without leave to execute. */
  private static final String NOT_EXECUTABLE = "failed to map segment";

  private JniPlacement() {}

  /**
   * Loads a library; what it needs must be loaded.
   *
   * @param bytes the library, as shipped or adapted
   * @param parents folders to put it under, until it can be loaded from there
   * @throws UnavailableException if it cannot be put anywhere, or not be loaded
   */
  static void load(JniLibrary library, byte[] bytes, List<Path> parents) {
    refuseOthers(library);
    List<String> attempts = new ArrayList<>();
    for (Path parent : parents) {
      try (PrivateFolder folder = PrivateFolder.with(parent, library.fileName(), bytes)) {
        // JCuda would wrap the loader's words in two stack traces.
        NativeLibrary.open(folder.file().toString());
        initialise(library, folder);
        return;
      } catch (IOException e) {
        attempts.add(parent + ": " + reason(e));
      } catch (LoadException e) {
        if (!e.reason().contains(NOT_EXECUTABLE)) {
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

  private static void initialise(JniLibrary library, PrivateFolder folder) {
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

  /** JCuda would load one that lies on the JVM's library path before ours. */
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

  /** An exception of a file operation as a predicate. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
