package dev.lockstep.gpu.driver;

import jcuda.driver.CUfunction;

/** A kernel of a {@link KernelModule}; it lives as long as the module. */
public final class Kernel {
  private final CUfunction function;
  private final String name;

  Kernel(CUfunction function, String name) {
    this.function = function;
    this.name = name;
  }

  CUfunction function() {
    return function;
  }

  /** Its name in the PTX. */
  public String name() {
    return name;
  }
}
