package dev.lockstep.gpu.training;

import dev.lockstep.program.Fusion;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list as it runs on a device.
 *
 * @param ops some of them joined
 * @param storage who shares memory with whom
 */
record Lowered(List<Op> ops, Storage storage) {

  /**
   * Joins what can be joined.
   *
   * @param kept tensors that must exist afterwards
   */
  static Lowered of(StepProgram program, Set<Tensor> kept, Fusion.Rules rules) {
    List<Op> ops = Fusion.apply(program.ops(), kept, rules);
    // The kernels work in place wherever an operation may.
    return new Lowered(ops, Storage.of(ops, kept, InPlace.ALL));
  }

  /** The tensors that are named for a memory, in order of first use; inputs have none here. */
  Set<Tensor> owners() {
    return StepProgram.tensors(ops).stream()
        .filter(tensor -> tensor.lifetime() != Lifetime.INPUT)
        .map(storage::owner)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Bytes of the tensors of a lifetime. */
  long bytes(Lifetime lifetime) {
    return storage.bytes(lifetime, Float.BYTES);
  }

  /** The shapes of all products. */
  List<ProductShape> products() {
    return ops.stream()
        .flatMap(op -> op instanceof Op.Fused joined ? Stream.of(joined.first()) : Stream.of(op))
        .filter(Op.Product.class::isInstance)
        .map(op -> ((Op.Product) op).shape())
        .toList();
  }
}
