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
 * A list of operations as a backend runs it.
 *
 * @param ops the operations, some of them fused
 * @param storage which tensors share memory
 */
public record Lowered(List<Op> ops, Storage storage) {

  public Lowered {
    ops = List.copyOf(ops);
  }

  /**
   * Fuses the operations of a program and assigns its memory.
   *
   * @param kept tensors that must still exist after fusion
   * @param rules the pairs that the backend can fuse
   * @param inPlace the results that its kernels can write over an operand
   */
  public static Lowered of(
      StepProgram program, Set<Tensor> kept, Fusion.Rules rules, InPlace inPlace) {
    List<Op> ops = Fusion.apply(program.ops(), kept, rules);
    return new Lowered(ops, Storage.of(ops, kept, inPlace));
  }

  /** Returns a list of a single operation. */
  public static Lowered alone(Op op, Set<Tensor> kept, InPlace inPlace) {
    return new Lowered(List.of(op), Storage.of(List.of(op), kept, inPlace));
  }

  /** Returns the {@link Storage#owner} of each memory except inputs, in order of first use. */
  public Set<Tensor> owners() {
    return StepProgram.tensors(ops).stream()
        .filter(tensor -> tensor.lifetime() != Lifetime.INPUT)
        .map(storage::owner)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the number of elements of the largest product that is fused with an update, or 0. */
  public long largestUsedUp() {
    return ops.stream()
        .filter(op -> op instanceof Op.Fused(Op.Product _, Op.Update _, _))
        .mapToLong(op -> ((Op.Fused) op).second().writes().getFirst().count())
        .max()
        .orElse(0);
  }

  /** Returns the {@link #owners} that operations write and no operation reads. */
  public Set<Tensor> onlyWritten() {
    Set<Tensor> written = owners();
    ops.stream()
        .flatMap(op -> op.reads().stream())
        .filter(tensor -> tensor.element() != Element.FLAG)
        .map(storage::owner)
        .forEach(written::remove);
    return written;
  }

  /** Returns the shapes of all products, fused ones included. */
  public List<ProductShape> products() {
    return ops.stream()
        .flatMap(op -> op instanceof Op.Fused joined ? Stream.of(joined.first()) : Stream.of(op))
        .filter(Op.Product.class::isInstance)
        .map(op -> ((Op.Product) op).shape())
        .toList();
  }
}
