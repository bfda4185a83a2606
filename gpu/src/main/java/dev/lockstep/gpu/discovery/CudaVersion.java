package dev.lockstep.gpu.discovery;

import java.util.Comparator;

/** A version of CUDA, such as 12.4. */
public record CudaVersion(int major, int minor) implements Comparable<CudaVersion> {

  private static final Comparator<CudaVersion> ORDER =
      Comparator.comparingInt(CudaVersion::major).thenComparingInt(CudaVersion::minor);

  /** Converts {@code 1000 * major + 10 * minor}, the form of {@code cuDriverGetVersion}. */
  static CudaVersion ofNumber(int number) {
    return new CudaVersion(number / 1000, number % 1000 / 10);
  }

  @Override
  public int compareTo(CudaVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
