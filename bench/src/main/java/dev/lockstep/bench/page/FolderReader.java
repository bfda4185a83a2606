package dev.lockstep.bench.page;

import java.nio.file.Path;

/** Reads a folder of results, or a file, and adds what it holds to a page. */
@FunctionalInterface
public interface FolderReader {

  /**
   * Reads results.
   *
   * @param name by which the page tells them from others
   * @throws dev.lockstep.input.InputException if they are damaged, foreign or were changed
   */
  void addTo(Contents contents, String name, Path path);

  /** The contents of a page of these results alone. */
  default Contents alone(String name, Path path) {
    Contents contents = new Contents();
    addTo(contents, name, path);
    return contents;
  }
}
