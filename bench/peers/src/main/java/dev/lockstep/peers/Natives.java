package dev.lockstep.peers;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where the build put the native code of the peers: in a folder beside the classes, so that no JVM
 * unpacks anything into the user's home.
 */
final class Natives {

  private Natives() {}

  /** A file below that folder, which need not exist. */
  static Path file(String path) {
    try {
      Path classes =
          Path.of(Natives.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.resolveSibling("natives").resolve(path).normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("classes without a place", e);
    }
  }
}
