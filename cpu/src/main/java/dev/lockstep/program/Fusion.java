package dev.lockstep.program;

import dev.lockstep.program.Tensor.Lifetime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fuses pairs of operations where fusion changes no bit.
 *
 * <p>A pair is fused if the second operation is the only reader of a tensor that the first writes,
 * that tensor need not be kept, the backend has a kernel for the pair, and one of the two can move
 * next to the other past the operations in between.
 */
public final class Fusion {

  /** The pairs that a backend can fuse. */
  @FunctionalInterface
  public interface Rules {
    /** Fuses nothing. */
    Rules NONE = (first, second) -> false;

    /** Returns whether a kernel computes both with the bits of running one after the other. */
    boolean join(Op first, Op second);
  }

  private Fusion() {}

  /**
   * Returns a list of operations with the same results, with fused pairs.
   *
   * @param kept tensors that must still exist after fusion
   */
  public static List<Op> apply(List<Op> unfused, Set<Tensor> kept, Rules rules) {
    List<Op> ops = new ArrayList<>(unfused);
    Map<Tensor, List<Op>> readers = readers(unfused);
    for (Op first : unfused) {
      for (Tensor inner : first.writes()) {
        List<Op> reading = readers.getOrDefault(inner, List.of());
        if (inner.lifetime() == Lifetime.STEP
            && !kept.contains(inner)
            && reading.size() == 1
            && rules.join(first, reading.getFirst())
            && join(ops, first, reading.getFirst(), inner)) {
          break;
        }
      }
    }
    return List.copyOf(ops);
  }

  private static Map<Tensor, List<Op>> readers(List<Op> ops) {
    Map<Tensor, List<Op>> readers = new HashMap<>();
    for (Op op : ops) {
      op.reads().forEach(tensor -> readers.computeIfAbsent(tensor, t -> new ArrayList<>()).add(op));
    }
    return readers;
  }

  /** Fuses a pair at the position of one of the two, if the other can move there. */
  private static boolean join(List<Op> ops, Op first, Op second, Tensor inner) {
    int i = ops.indexOf(first);
    int j = ops.indexOf(second);
    if (i < 0 || j < i) {
      return false;
    }
    List<Op> between = ops.subList(i + 1, j);
    boolean later = between.stream().noneMatch(op -> conflict(first, op));
    boolean earlier = between.stream().noneMatch(op -> conflict(second, op));
    if (!later && !earlier) {
      return false;
    }
    ops.set(later ? j : i, new Op.Fused(first, second, inner));
    ops.remove(later ? i : j);
    return true;
  }

  /** Returns whether two operations must keep their order. */
  static boolean conflict(Op a, Op b) {
    Set<Tensor> written = new HashSet<>(a.writes());
    return b.writes().stream().anyMatch(t -> written.contains(t) || a.reads().contains(t))
        || b.reads().stream().anyMatch(written::contains);
  }
}
