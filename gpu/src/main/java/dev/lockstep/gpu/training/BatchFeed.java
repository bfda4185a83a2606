package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.data.Examples;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.scenario.Batches;
import dev.lockstep.scenario.Workload;
import java.lang.foreign.MemorySegment;

/** The training rows, resident on the device, and the permutation of the epoch that is due. */
final class BatchFeed implements Closing.Resource {
  private final Kernels kernels;
  private final Batches batches;
  private final int inputs;
  private final DeviceMemory features;
  private final DeviceMemory labels;
  private final StreamedTable permutation;
  private final Closing owned = new Closing();

  private BatchFeed(DeviceSession session, Workload workload) {
    kernels = session.kernels;
    batches = workload.batches();
    Examples train = workload.data().train();
    inputs = workload.network().inputs();
    int rows = train.rows();
    features = owned.allocate(() -> session.allocate("training features", (long) rows * inputs));
    labels = owned.allocate(() -> session.allocate("training labels", rows));
    permutation =
        owned.allocate(
            () ->
                StreamedTable.open(
                    session,
                    "the epoch's permutation",
                    (long) rows * Integer.BYTES,
                    batches.stepsPerEpoch(),
                    this::writePermutation));
    try {
      session.staging.upload(train.features(), features);
      session.staging.upload(train.labels(), labels);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /** Allocates it and uploads the rows. */
  static BatchFeed open(DeviceSession session, Workload workload) {
    return new BatchFeed(session, workload);
  }

  /** Bytes of the device that it takes: rows, labels and a permutation. */
  static long bytes(Workload workload) {
    return workload.data().train().rows()
        * (workload.network().inputs() * (long) Float.BYTES + 2L * Integer.BYTES);
  }

  /**
   * Gathers the rows of the step that the state names.
   *
   * @param x batch x inputs
   * @param y their labels
   */
  Work gather(DeviceMemory x, DeviceMemory y, StepState state) {
    return kernels.gatherBatch(
        x,
        y,
        features,
        labels,
        permutation.memory(),
        batches.size(),
        inputs,
        batches.stepsPerEpoch(),
        state.memory());
  }

  /** Puts the permutation of a step's epoch into the stream ahead of it. */
  void prepare(long step) {
    permutation.prepare(step);
  }

  private void writePermutation(long firstStep, MemorySegment table) {
    int[] rows = batches.permutation(firstStep / batches.stepsPerEpoch());
    MemorySegment.copy(rows, 0, table, JAVA_INT, 0, rows.length);
  }

  @Override
  public void close() {
    owned.close();
  }
}
