package dev.lockstep.gpu.training;

import dev.lockstep.backend.SingleOperations;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Single operations of a backend on CUDA. Each uploads its operands, runs and downloads its
 * results.
 */
final class DeviceOperations extends SingleOperations {
  private final DeviceSession session;

  private DeviceOperations(DeviceSession session) {
    this.session = session;
  }

  /** Opens a session on the device. */
  static DeviceOperations open(Products by, int device) {
    return new DeviceOperations(DeviceSession.open(by, device));
  }

  @Override
  protected List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands) {
    if (operands.values().stream().anyMatch(DoubleMatrix.class::isInstance)) {
      throw new IllegalArgumentException("the backends on CUDA take binary32 matrices");
    }
    try (DeviceOperation operation = new DeviceOperation(session, single)) {
      operation.load(operands);
      operation.works().forEach(work -> work.into(session.stream));
      return single.results().stream()
          .<Matrix>map(result -> operation.part(result, Region.of(result)))
          .toList();
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
