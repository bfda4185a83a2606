package dev.lockstep.program;

import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which tensors of a list share memory. A result reuses the memory of an operand if the
 * operation allows it, the backend's kernel can work in place, the operand need not be kept, and no
 * later operation reads it.
 */
public final class Storage {

  /** The results that a backend's kernels can write over an operand. */
  @FunctionalInterface
  public interface InPlace {
    /** Allows everything that the operations allow. */
    InPlace ALL = (op, result) -> true;

    /** Returns whether the operation's kernel can write this result over its operand. */
    boolean works(Op op, Tensor result);
  }

  private final Map<Tensor, Tensor> owners = new LinkedHashMap<>();

  private Storage() {}

  /**
   * Assigns memory to the tensors of a list.
   *
   * @param kept tensors whose memory must not be reused
   */
  public static Storage of(List<Op> ops, Set<Tensor> kept, InPlace inPlace) {
    Map<Tensor, Integer> lastRead = StepProgram.lastReads(ops);
    Map<Tensor, Tensor> over = new HashMap<>();
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      int at = i;
      op.overlays()
          .forEach(
              (result, operand) -> {
                if (operand.lifetime() == Lifetime.STEP
                    && !kept.contains(operand)
                    && lastRead.getOrDefault(operand, -1) <= at
                    && inPlace.works(op, result)) {
                  over.put(operand, result);
                }
              });
    }
    Storage storage = new Storage();
    for (Tensor tensor : StepProgram.tensors(ops)) {
      Tensor owner = tensor;
      for (Tensor next = over.get(owner); next != null; next = over.get(owner)) {
        owner = next;
      }
      storage.owners.put(tensor, owner);
    }
    return storage;
  }

  /**
   * Returns the owner of a tensor's memory: the last tensor that is stored there.
   *
   * @throws IllegalArgumentException if the tensor does not exist in this list
   */
  public Tensor owner(Tensor tensor) {
    Tensor owner = owners.get(tensor);
    if (owner == null) {
      throw new IllegalArgumentException("there is no " + tensor + " in this list");
    }
    return owner;
  }

  /**
   * Returns the bytes of the tensors of a lifetime; shared memory counts once.
   *
   * @param realBytes bytes of a real number: 4 for binary32, 8 for binary64
   */
  public long bytes(Lifetime lifetime, int realBytes) {
    long bytes = 0;
    for (Tensor tensor : Set.copyOf(owners.values())) {
      if (tensor.lifetime() == lifetime) {
        int each = tensor.element() == Element.REAL ? realBytes : Integer.BYTES;
        bytes = Math.addExact(bytes, Math.multiplyExact(tensor.count(), each));
      }
    }
    return bytes;
  }
}
