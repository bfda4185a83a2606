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

/** The training rows and the permutation of the current epoch, both on the device. */
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

  /** Allocates the memory and uploads the rows. */
  static BatchFeed open(DeviceSession session, Workload workload) {
    return new BatchFeed(session, workload);
  }

  /** Returns the bytes of device memory for rows, labels and a permutation. */
  static long bytes(Workload workload) {
    return workload.data().train().rows()
        * (workload.network().inputs() * (long) Float.BYTES + 2L * Integer.BYTES);
  }

  /**
   * Makes the work that gathers the rows of the current step.
   *
   * @param x target of the features, batch x inputs
   * @param y target of the labels, one per row
   * @param state holds the number of the step
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

  /** Enqueues the epoch's permutation ahead of the step if the epoch has changed. */
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
