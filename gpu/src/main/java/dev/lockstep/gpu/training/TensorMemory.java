package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Tensor;
import java.util.HashMap;
import java.util.Map;

/** The device memory of a program's tensors, shared by all its lists of operations. */
final class TensorMemory implements Closing.Resource {
  private final DeviceSession session;
  private final Map<Tensor, DeviceMemory> memories = new HashMap<>();
  private final Closing owned = new Closing();

  /** Creates an empty map of tensors to memory. */
  TensorMemory(DeviceSession session) {
    this.session = session;
  }

  /** Assigns memory to a tensor; the caller keeps ownership. */
  void place(Tensor tensor, DeviceMemory memory) {
    memories.put(tensor, memory);
  }

  /** Allocates memory for the tensors of a list that have none. */
  void allocate(Lowered list) {
    for (Tensor tensor : list.owners()) {
      if (!memories.containsKey(tensor)) {
        memories.put(tensor, owned.own(session.allocate(tensor.name(), tensor.count())));
      }
    }
  }

  /** Returns the bytes that {@link #allocate} would allocate. */
  long missing(Lowered list) {
    return list.owners().stream()
        .filter(tensor -> !memories.containsKey(tensor))
        .mapToLong(tensor -> Float.BYTES * tensor.count())
        .sum();
  }

  /**
   * Returns the memory of a tensor.
   *
   * @throws IllegalArgumentException if the tensor has no memory of its own
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

  /** Returns a copy of a tensor. */
  FloatMatrix download(Tensor tensor) {
    return session.staging.download(of(tensor), tensor.rows().size(), tensor.columns().size());
  }

  @Override
  public void close() {
    owned.close();
  }
}
