package dev.lockstep.gpu.discovery;

/** Where CUDA came to a stop. */
public enum CudaStep {
  /** The loader finds no libcuda.so.1. */
  FIND("no libcuda.so.1"),
  /** The loader refuses libcuda.so.1. */
  LOAD("libcuda.so.1 is refused"),
  /** The library lacks a function. */
  FUNCTIONS("a function is missing"),
  /** The JVM was told to allow no native code. */
  FORBIDDEN("the JVM allows no native code"),
  /** No process could be started to ask the driver. */
  PROCESS("no process starts"),
  /** The driver crashed, or ended its process. */
  CRASH("a call crashes"),
  /** The driver did not answer in time. */
  HANG("a call does not return"),
  /** The driver's answers make no sense. */
  NONSENSE("nonsense"),
  /** The driver does not start, or does not tell its devices. */
  START("cuInit"),
  /** A device gives no context. */
  CONTEXT("context"),
  /** A device takes no kernels. */
  MODULE("module");

  final String label;

  CudaStep(String label) {
    this.label = label;
  }
}
