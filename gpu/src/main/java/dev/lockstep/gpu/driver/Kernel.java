package dev.lockstep.gpu.driver;

import jcuda.driver.CUfunction;

/** A kernel of a {@link KernelModule}. It is valid until the module is closed. */
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

  /** The kernel's name in the PTX. */
  public String name() {
    return name;
  }
}
