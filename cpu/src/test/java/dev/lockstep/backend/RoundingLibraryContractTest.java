package dev.lockstep.backend;

/** A library that multiplies in TF32 and says so, at the sizes of a slow device. */
final class RoundingLibraryContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new AlteredBackend(Kind.LIBRARY, AlteredBackend.Alteration.TF32_OPERANDS);
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
