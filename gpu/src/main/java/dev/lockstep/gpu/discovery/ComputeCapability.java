package dev.lockstep.gpu.discovery;

/** The generation of a device, such as 9.0, which decides the instructions it has. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {

  @Override
  public int compareTo(ComputeCapability other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
