package dev.lockstep.program;

import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list as a backend runs it.
 *
 * @param ops some of them joined
 * @param storage who shares memory with whom
 */
public record Lowered(List<Op> ops, Storage storage) {

  public Lowered {
    ops = List.copyOf(ops);
  }

  /**
   * Joins what can be joined.
   *
   * @param kept tensors that must exist afterwards
   * @param rules which pairs the backend has a kernel for
   * @param inPlace which results its kernels can write over an operand
   */
  public static Lowered of(
      StepProgram program, Set<Tensor> kept, Fusion.Rules rules, InPlace inPlace) {
    List<Op> ops = Fusion.apply(program.ops(), kept, rules);
    return new Lowered(ops, Storage.of(ops, kept, inPlace));
  }

  /** A list of one operation. */
  public static Lowered alone(Op op, Set<Tensor> kept, InPlace inPlace) {
    return new Lowered(List.of(op), Storage.of(List.of(op), kept, inPlace));
  }

  /** The tensors that are named for a memory, in order of first use; inputs have none here. */
  public Set<Tensor> owners() {
    return StepProgram.tensors(ops).stream()
        .filter(tensor -> tensor.lifetime() != Lifetime.INPUT)
        .map(storage::owner)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Elements of the largest product that an update uses up as it is made. */
  public long largestUsedUp() {
    return ops.stream()
        .filter(op -> op instanceof Op.Fused(Op.Product _, Op.Update _, _))
        .mapToLong(op -> ((Op.Fused) op).second().writes().getFirst().count())
        .max()
        .orElse(0);
  }

  /** Of the {@link #owners} those that operations write and none reads. */
  public Set<Tensor> onlyWritten() {
    Set<Tensor> written = owners();
    ops.stream()
        .flatMap(op -> op.reads().stream())
        .filter(tensor -> tensor.element() != Element.FLAG)
        .map(storage::owner)
        .forEach(written::remove);
    return written;
  }

  /** The shapes of all products. */
  public List<ProductShape> products() {
    return ops.stream()
        .flatMap(op -> op instanceof Op.Fused joined ? Stream.of(joined.first()) : Stream.of(op))
        .filter(Op.Product.class::isInstance)
        .map(op -> ((Op.Product) op).shape())
        .toList();
  }
}
