package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Copies of tensors in bfloat16, as operands of products. While a step is planned, this class
 * tracks which copies are up to date after the works so far, so that none is made twice: a layer's
 * weights are rounded once per step, although two products read them.
 */
final class RoundedOperands implements Closing.Resource {
  private final Context context;
  private final Kernels kernels;
  private final Map<DeviceMemory, DeviceMemory> copies = new HashMap<>();
  private final Set<DeviceMemory> current = new HashSet<>();
  private final Closing owned = new Closing();

  RoundedOperands(Context context, Kernels kernels) {
    this.context = context;
    this.kernels = kernels;
  }

  /** Begins a new plan, in which no copy is up to date. */
  void forget() {
    current.clear();
  }

  /** Notes that the works so far have changed a tensor, so that its copy is out of date. */
  void changed(DeviceMemory tensor) {
    current.remove(tensor);
  }

  /**
   * Returns the copy of a tensor, and adds the rounding to the works if the copy is not up to date.
   *
   * @param count number of elements of the tensor
   */
  DeviceMemory of(DeviceMemory tensor, long count, List<Work> works) {
    DeviceMemory copy = copies.get(tensor);
    if (copy == null) {
      String name = tensor.tensor() + " in bfloat16";
      copy = owned.own(DeviceMemory.allocate(context, name, count * Short.BYTES));
      copies.put(tensor, copy);
    }
    if (current.add(tensor)) {
      works.add(kernels.roundToBfloat16(tensor, copy, count));
    }
    return copy;
  }

  @Override
  public void close() {
    owned.close();
  }
}
