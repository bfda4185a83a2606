package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;

/** What the backends on CUDA have in common: all but a name and who computes the products. */
abstract sealed class DeviceBackend implements Backend, DeviceTimers
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

  /** Everything else lies on the device, or in pinned memory outside the heap. */
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
  public final StepTimer stepTimer(Workload workload, Resources resources, Submission submission) {
    availability(resources).require();
    return new StepTimer(DeviceTrainer.open(products, resources.device(), workload, submission));
  }

  @Override
  public final ProductTimer productTimer(
      ProductForm form, Matrix a, Matrix b, Resources resources) {
    availability(resources).require();
    return ProductTimer.open(products, resources.device(), form, a, b);
  }

  @Override
  public final ElementwiseTimer elementwiseTimer(
      ElementwiseOperation operation, CacheState cache, Resources resources) {
    availability(resources).require();
    return ElementwiseTimer.open(products, resources.device(), operation, cache);
  }

  @Override
  public final TransferTimer transferTimer(int bytes, HostMemory memory, Resources resources) {
    availability(resources).require();
    return TransferTimer.open(products, resources.device(), bytes, memory);
  }

  @Override
  public final DeviceCopyTimer deviceCopyTimer(int kibibytes, Resources resources) {
    availability(resources).require();
    return DeviceCopyTimer.open(products, resources.device(), kibibytes);
  }
}
