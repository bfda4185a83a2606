package dev.lockstep.bench.page;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Path;

/** Shows a page in the user's browser. */
final class Browser {

  private static final String OPENER = "xdg-open";

  private Browser() {}

  /**
   * Opens a file and does not wait for the browser.
   *
   * @throws InputException if the desktop's opener is missing
   */
  static void open(Path file) {
    try {
      new ProcessBuilder(OPENER, file.toAbsolutePath().toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new InputException(
          "--open", "program", OPENER, "which is missing; open " + file + " in a browser");
    }
  }
}
