package dev.lockstep.gpu.discovery;

import java.nio.file.Path;
import java.util.List;

/**
 * A place where cuBLAS was looked for.
 *
 * @param description what was looked at, and what of it could not be
 * @param files the libraries of that name there, of any version, in the order they are to be taken
 */
public record SearchPlace(String description, List<Path> files) {

  public SearchPlace {
    files = List.copyOf(files);
  }
}
