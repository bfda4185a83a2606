package dev.lockstep.gpu.training;

import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work.Copy;
import dev.lockstep.backend.Work.OnTensors;
import dev.lockstep.backend.Work.Operation;
import dev.lockstep.backend.Work.Product;
import dev.lockstep.backend.Work.Transfer;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Timed work on tensors of a device, repeated on one or several sets of tensors. */
final class DeviceTimed implements Timed.Tensors {
  private final List<DeviceSet> sets = new ArrayList<>();
  private final List<Work[]> works;
  private final Stream stream;
  private final StopWatch watch;
  private final Closing owned = new Closing();
  private int next;

  /** Opens the device and places the operands there. */
  DeviceTimed(Products by, int device, OnTensors work) {
    try {
      stream =
          switch (work) {
            case Product product -> operation(by, device, product.operation());
            case Operation operation -> operation(by, device, operation);
            case Copy copy -> {
              DeviceSession session = session(by, device, 2 * bytes(copy.source()));
              sets.add(owned.own(new DeviceOperation(session, copy)));
              yield session.stream;
            }
            case Transfer transfer -> {
              DeviceSession session = session(by, device, bytes(transfer.source()));
              HostTransfer opened = owned.own(new HostTransfer(session, transfer));
              sets.add(opened);
              yield opened.stream();
            }
          };
      watch = owned.own(StopWatch.open(stream));
      works = sets.stream().map(set -> set.works().toArray(Work[]::new)).toList();
      load(Map.of());
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  private Stream operation(Products by, int device, Operation operation) {
    long bytes = DeviceOperation.bytes(by, operation.single());
    DeviceSession session = session(by, device, bytes);
    int count = operation.cache().sets(session.context.cacheBytes(), bytes);
    // The number of sets depends on the device's cache, so their memory is checked once it is open.
    new DeviceNeed(bytes * count).require(session.context, device);
    for (int i = 0; i < count; i++) {
      DeviceOperation set = owned.own(new DeviceOperation(session, operation.single()));
      set.load(operation.operands());
      sets.add(set);
    }
    return session.stream;
  }

  private DeviceSession session(Products by, int device, long bytes) {
    DeviceNeed need = DeviceNeed.ofSession(by).plus(bytes);
    return owned.own(DeviceSession.open(by, device, need));
  }

  private static long bytes(Tensor tensor) {
    return Float.BYTES * tensor.count();
  }

  @Override
  public int sets() {
    return sets.size();
  }

  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    next = 0;
    sets.forEach(set -> set.load(operands));
  }

  @Override
  public Times run(int calls) {
    return watch.time(
        () -> {
          for (int i = 0; i < calls; i++) {
            for (Work work : works.get(next)) {
              work.into(stream);
            }
            next = next + 1 == sets.size() ? 0 : next + 1;
          }
        });
  }

  @Override
  public FloatMatrix part(int set, Tensor result, Region region) {
    return sets.get(set).part(result, region);
  }

  @Override
  public void close() {
    owned.close();
  }
}
