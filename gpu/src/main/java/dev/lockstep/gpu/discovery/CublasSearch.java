package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cuBLAS libraries of a machine. The first usable cuBLAS 12 is chosen or, if there is none, the
 * first usable cuBLAS 13.
 *
 * @param places the places that were searched, in order
 * @param candidates the files found there, in order, each once
 */
public record CublasSearch(List<SearchPlace> places, List<CublasCandidate> candidates) {

  /** Debian and Ubuntu refuse pip outside of a virtual environment. */
  private static final String REMEDY =
      "install it into a virtual environment (python3 -m venv ~/cublas && ~/cublas/bin/pip install"
          + " nvidia-cublas-cu12) and export "
          + CublasPlaces.VARIABLE
          + "=~/cublas, or point that at another library or folder";

  public CublasSearch {
    places = List.copyOf(places);
    candidates = List.copyOf(candidates);
  }

  /**
   * Searches a machine without loading anything.
   *
   * @param driver the CUDA version of the driver; null if there is none
   */
  static CublasSearch of(Environment environment, @Nullable CudaVersion driver) {
    List<SearchPlace> places = CublasPlaces.of(environment);
    List<CublasCandidate> candidates = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (SearchPlace place : places) {
      for (Path file : place.files()) {
        if (seen.add(realPath(file))) {
          candidates.add(CublasCandidate.of(file, driver));
        }
      }
    }
    return new CublasSearch(places, candidates);
  }

  /** The library to use; empty if none can be. */
  public Optional<CublasCandidate> chosen() {
    return first(CublasCandidate.NATIVE_MAJOR).or(() -> first(CublasCandidate.ADAPTED_MAJOR));
  }

  private Optional<CublasCandidate> first(int major) {
    return candidates.stream()
        .filter(candidate -> candidate.flaw() == null && candidate.major() == major)
        .findFirst();
  }

  /** Says why a candidate is used, or why it is not. */
  public String verdict(CublasCandidate candidate) {
    Reason flaw = candidate.flaw();
    if (flaw != null) {
      return "not used: " + flaw.sentence();
    }
    CublasCandidate chosen = chosen().orElseThrow();
    if (candidate.equals(chosen)) {
      return candidate.major() == CublasCandidate.NATIVE_MAJOR
          ? "used: the first cuBLAS 12 found"
          : "used, with JCuda's library adapted to it, because no cuBLAS 12 can be used";
    }
    return candidate.major() == chosen.major()
        ? "not used: found after " + chosen.file()
        : "not used: a cuBLAS 12 comes first";
  }

  /**
   * Explains why there is no library to use.
   *
   * @throws IllegalStateException if there is a library to use
   */
  public Unavailable unavailable() {
    if (chosen().isPresent()) {
      throw new IllegalStateException("there is a cuBLAS to use: " + chosen().get().file());
    }
    if (candidates.isEmpty()) {
      return new Unavailable(
          Cause.NO_CUBLAS,
          "no cuBLAS (libcublas.so.12 or libcublas.so.13 not found in "
              + places.stream().map(SearchPlace::description).collect(Collectors.joining(", in "))
              + ")",
          REMEDY);
    }
    List<Reason> flaws =
        candidates.stream().map(CublasCandidate::flaw).filter(Objects::nonNull).toList();
    Cause cause = mostTelling(flaws);
    return new Unavailable(
        cause,
        "no cuBLAS that can be used ("
            + flaws.stream().map(Reason::sentence).collect(Collectors.joining("; "))
            + ")",
        cause == Cause.DRIVER_TOO_OLD
            ? "update the NVIDIA driver to version 580 or newer, or " + REMEDY
            : REMEDY);
  }

  /** The cause nearest to success: only the driver is too old, or else only files are broken. */
  private static Cause mostTelling(List<Reason> flaws) {
    for (Cause cause : List.of(Cause.DRIVER_TOO_OLD, Cause.NO_CUBLAS)) {
      if (flaws.stream().anyMatch(flaw -> flaw.kind() == cause)) {
        return cause;
      }
    }
    return Cause.CUBLAS_VERSION;
  }

  /** The file behind links, so that several links to one file make one candidate. */
  private static Path realPath(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException brokenLink) {
      return file;
    }
  }
}
