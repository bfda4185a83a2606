package dev.lockstep.symmetry;

import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * The symmetry of a trainer whose tensors are copied into the heap.
 *
 * @param view copies the tensors, once per step
 */
public record CopiedSymmetry(ProbedView view) implements ResidentSymmetry {

  @Override
  public UnitClasses unitClasses(int hidden) {
    return UnitClasses.of(UnitSlices.of(view.parameters(), hidden));
  }

  @Override
  public UnitClasses keptClasses(Tensor tensor, int hidden) {
    return UnitClasses.of(UnitSlices.of(tensor, view.whole(tensor), hidden));
  }

  @Override
  public List<Digest> digests() {
    return digests(view.parameters());
  }

  /** Computes the digests of a trainer's parameters (W1, b1, W2, b2, ...), in place if possible. */
  public static List<Digest> digests(Trainer trainer) {
    return trainer instanceof ResidentSymmetry resident
        ? resident.digests()
        : digests(trainer.parameters());
  }

  /** Computes the digests of parameters: W1, b1, W2, b2, ... */
  public static List<Digest> digests(Parameters parameters) {
    return parameters.entries().stream().map(Parameters.Entry::matrix).map(Digest::of).toList();
  }
}
