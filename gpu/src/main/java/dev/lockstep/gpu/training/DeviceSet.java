package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;

/** A set of tensors on a device, or of a transfer to or from it, and the works that use them. */
interface DeviceSet extends Closing.Resource {

  /** Returns the works in the order in which they are enqueued. */
  List<Work> works();

  /** Overwrites operands, fills tensors that are only written with zeros, and waits for the end. */
  void load(Map<Tensor, ? extends Matrix> operands);

  /** Returns a copy of a region of a result. */
  FloatMatrix part(Tensor result, Region region);
}
