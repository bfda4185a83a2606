package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Where the tensors of a program lie on the device, whichever of its lists they belong to. */
final class TensorMemory implements Closing.Resource {
  private final DeviceSession session;
  private final Map<Tensor, DeviceMemory> memories = new HashMap<>();
  private final Closing owned = new Closing();

  /** Of no tensor yet. */
  TensorMemory(DeviceSession session) {
    this.session = session;
  }

  /** Puts a tensor into memory that stays its owner's. */
  void place(Tensor tensor, DeviceMemory memory) {
    memories.put(tensor, memory);
  }

  /** Allocates what a list needs and is not there. */
  void allocate(Lowered list) {
    for (Tensor tensor : list.owners()) {
      if (!memories.containsKey(tensor)) {
        memories.put(tensor, owned.own(session.allocate(tensor.name(), tensor.count())));
      }
    }
  }

  /** Bytes that {@link #allocate} would take. */
  long missing(Lowered list) {
    return list.owners().stream()
        .filter(tensor -> !memories.containsKey(tensor))
        .mapToLong(tensor -> Float.BYTES * tensor.count())
        .sum();
  }

  /**
   * Where a tensor lies.
   *
   * @throws IllegalArgumentException if no list so far gives it memory of its own
   */
  DeviceMemory of(Tensor tensor) {
    DeviceMemory memory = memories.get(tensor);
    if (memory == null) {
      throw new IllegalArgumentException(tensor + " has no memory of its own");
    }
    return memory;
  }

  /** Overwrites a tensor, rounded to binary32. */
  void upload(Matrix matrix, Tensor tensor) {
    session.staging.upload(matrix, of(tensor));
  }

  /** A copy of a tensor. */
  FloatMatrix download(Tensor tensor) {
    return session.staging.download(of(tensor), tensor.rows().size(), tensor.columns().size());
  }

  @Override
  public void close() {
    owned.close();
  }
}
