package dev.lockstep.gpu.discovery;

/** A version of CUDA, such as 12.4. */
public record CudaVersion(int major, int minor) implements Comparable<CudaVersion> {

  /** Converts {@code 1000 * major + 10 * minor}, the form of {@code cuDriverGetVersion}. */
  static CudaVersion ofNumber(int number) {
    return new CudaVersion(number / 1000, number % 1000 / 10);
  }

  @Override
  public int compareTo(CudaVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
