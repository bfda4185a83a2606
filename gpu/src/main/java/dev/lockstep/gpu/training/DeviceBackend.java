package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;

/**
 * The common part of the backends on CUDA, which differ only in their name and in the way they
 * compute products.
 */
abstract sealed class DeviceBackend implements Backend
    permits CudaBackend,
        CublasBackend,
        CublasPedanticBackend,
        CublasTf32Backend,
        CublasBf16Backend {
  private final String name;
  private final Products products;

  DeviceBackend(String name, Products products) {
    this.name = name;
    this.products = products;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Kind kind() {
    return products == Products.CANONICAL ? Kind.EXACT : Kind.LIBRARY;
  }

  @Override
  public final OperandRounding operandRounding() {
    return switch (products) {
      case CANONICAL, CUBLAS, CUBLAS_PEDANTIC -> OperandRounding.NONE;
      case CUBLAS_TF32 -> OperandRounding.TF32;
      case CUBLAS_BF16 -> OperandRounding.BFLOAT16;
    };
  }

  /** Returns the heap of an evaluation; everything else is on the device or in pinned memory. */
  @Override
  public final MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofEvaluation(network, evaluatedRows, elementBytes());
  }

  @Override
  public final Placement placement() {
    return Placement.DEVICE;
  }

  @Override
  public final Availability availability(Resources resources) {
    return products.availability(resources.device());
  }

  @Override
  public final Trainer open(Workload workload, Resources resources) {
    availability(resources).require();
    return DeviceTrainer.open(products, resources.device(), workload, Submission.GRAPH);
  }

  @Override
  public final Operations operations(Resources resources) {
    availability(resources).require();
    return DeviceOperations.open(products, resources.device());
  }

  @Override
  public final boolean times(Class<? extends Work.OnTensors> work) {
    return true;
  }

  @Override
  public final Timed.Steps timed(Work.Step work, Resources resources) {
    availability(resources).require();
    return new DeviceSteps(
        DeviceTrainer.open(products, resources.device(), work.workload(), work.submission()));
  }

  @Override
  public final Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    availability(resources).require();
    return new DeviceTimed(products, resources.device(), work);
  }
}
