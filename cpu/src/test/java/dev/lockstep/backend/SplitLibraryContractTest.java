package dev.lockstep.backend;

/** A library that sums even and odd terms apart owes what a library owes, and no more. */
final class SplitLibraryContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new AlteredBackend(Kind.LIBRARY, AlteredBackend.Alteration.SPLIT_IN_TWO);
  }
}
