package dev.lockstep.peers;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The native code of the peers. The build puts it in a folder beside the classes, so that no JVM
 * unpacks anything into the user's home.
 */
final class Natives {

  private Natives() {}

  /** Binds the functions of a library. */
  @FunctionalInterface
  interface Binding<T> {
    T of(NativeLibrary library) throws LoadException;
  }

  /**
   * Loads a library and binds its functions.
   *
   * @param path the library's path below the folder
   * @throws UnavailableException if the library is missing, cannot be loaded or lacks a function
   */
  static <T> T bind(String path, Binding<T> binding) {
    try {
      return binding.of(NativeLibrary.open(file(path).toString()));
    } catch (LoadException e) {
      throw new UnavailableException(
          Cause.NATIVES,
          String.valueOf(e.getMessage()),
          "build with `mvn -Ppeers package` on x86-64 Linux");
    }
  }

  private static Path file(String path) {
    try {
      Path classes =
          Path.of(Natives.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.resolveSibling("natives").resolve(path).normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("classes without a place", e);
    }
  }
}
