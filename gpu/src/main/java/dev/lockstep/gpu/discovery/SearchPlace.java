package dev.lockstep.gpu.discovery;

import java.nio.file.Path;
import java.util.List;

/**
 * A place that was searched for cuBLAS.
 *
 * @param description the place, with a remark on what could not be read
 * @param files the files there named like cuBLAS of any version, in order of preference
 */
public record SearchPlace(String description, List<Path> files) {

  public SearchPlace {
    files = List.copyOf(files);
  }
}
