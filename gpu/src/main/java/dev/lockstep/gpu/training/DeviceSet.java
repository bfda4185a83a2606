package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;

/** Tensors on a device, or on their way to or from it, and what is done with them. */
interface DeviceSet extends Closing.Resource {

  /** What is done, in the order in which it is put into a stream. */
  List<Work> works();

  /** Overwrites tensors, and with zeros what is only written; waits for the end. */
  void load(Map<Tensor, ? extends Matrix> operands);

  /** A copy of a piece of a result. */
  FloatMatrix part(Tensor result, Region region);
}
