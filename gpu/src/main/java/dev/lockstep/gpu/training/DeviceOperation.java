package dev.lockstep.gpu.training;

import dev.lockstep.backend.Work.Copy;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Region;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** A single operation of a step, or a copy, on device memory of its own. */
final class DeviceOperation implements DeviceSet {
  private final DeviceSession session;
  private final Map<Tensor, DeviceMemory> memories = new HashMap<>();
  private final List<DeviceMemory> onlyWritten;
  private final List<Work> works;
  private final Closing owned = new Closing();

  /**
   * Allocates the tensors of an operation and plans it.
   *
   * @param session must be closed after this
   */
  DeviceOperation(DeviceSession session, SingleOp single) {
    this.session = session;
    Lowered list = single.lowered(InPlace.ALL);
    TensorMemory tensors = owned.own(new TensorMemory(session));
    try {
      DeviceProducts products = owned.own(session.products(list.products(), 0));
      works = Planner.plan(list, session.kernels, products, null, tensors);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
    onlyWritten = list.onlyWritten().stream().map(tensors::of).toList();
    for (Tensor tensor : StepProgram.tensors(list.ops())) {
      memories.put(tensor, tensors.of(list.storage().owner(tensor)));
    }
  }

  /** Allocates source and target of a copy. */
  DeviceOperation(DeviceSession session, Copy copy) {
    this.session = session;
    DeviceMemory source = allocated(copy.source());
    DeviceMemory target = allocated(copy.target());
    onlyWritten = List.of(target);
    works = List.of(stream -> stream.copyWithin(source, target, source.bytes()));
  }

  private DeviceMemory allocated(Tensor tensor) {
    DeviceMemory memory = owned.allocate(() -> session.allocate(tensor.name(), tensor.count()));
    memories.put(tensor, memory);
    return memory;
  }

  /** Returns the bytes of device memory for an operation, without its session. */
  static long bytes(Products by, SingleOp single) {
    Lowered list = single.lowered(InPlace.ALL);
    return list.storage().bytes(Lifetime.STEP, Float.BYTES) + by.bytes(list.products(), 0);
  }

  @Override
  public List<Work> works() {
    return works;
  }

  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    onlyWritten.forEach(session.stream::clear);
    operands.forEach((tensor, matrix) -> load(matrix, tensor));
    session.stream.synchronize();
  }

  private void load(Matrix matrix, Tensor tensor) {
    if (tensor.element() == Element.INTEGER) {
      int[] integers = IntStream.range(0, matrix.size()).map(i -> (int) matrix.value(i)).toArray();
      session.staging.upload(integers, memory(tensor));
    } else {
      session.staging.upload(matrix, memory(tensor));
    }
  }

  private DeviceMemory memory(Tensor tensor) {
    return Objects.requireNonNull(memories.get(tensor), tensor.name());
  }

  @Override
  public FloatMatrix part(Tensor result, Region region) {
    return session.staging.part(memory(result), result, region);
  }

  @Override
  public void close() {
    owned.close();
  }
}
