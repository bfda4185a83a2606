package dev.lockstep.gpu.discovery;

import java.util.Comparator;

/** The generation of a device, such as 9.0, which decides the instructions it has. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {

  private static final Comparator<ComputeCapability> ORDER =
      Comparator.comparingInt(ComputeCapability::major).thenComparingInt(ComputeCapability::minor);

  @Override
  public int compareTo(ComputeCapability other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
