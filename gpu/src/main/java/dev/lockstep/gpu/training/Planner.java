package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.gpu.kernel.Kernels.Strided;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Op;
import dev.lockstep.program.Storage;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns the operations of a list into works. Only this class distinguishes kinds of operations on
 * the device.
 */
final class Planner {
  private final Kernels kernels;
  private final DeviceProducts products;
  private final @Nullable TrainingInputs inputs;
  private final Storage storage;
  private final TensorMemory tensors;

  private Planner(
      Kernels kernels,
      DeviceProducts products,
      @Nullable TrainingInputs inputs,
      Storage storage,
      TensorMemory tensors) {
    this.kernels = kernels;
    this.products = products;
    this.inputs = inputs;
    this.storage = storage;
    this.tensors = tensors;
  }

  /**
   * Returns the works in launch order, and allocates tensors that have no memory yet.
   *
   * @param inputs null for an evaluation or a single operation, whose operands the host uploads
   */
  static List<Work> plan(
      Lowered list,
      Kernels kernels,
      DeviceProducts products,
      @Nullable TrainingInputs inputs,
      TensorMemory tensors) {
    tensors.allocate(list);
    products.startPlan();
    Planner planner = new Planner(kernels, products, inputs, list.storage(), tensors);
    List<Work> works = new ArrayList<>();
    for (Op op : list.ops()) {
      works.addAll(planner.works(op));
      op.writes().stream()
          .filter(tensor -> tensor.element() == Element.REAL)
          .map(planner::memory)
          .forEach(products::changed);
    }
    return works;
  }

  private List<Work> works(Op op) {
    return switch (op) {
      case Op.Gather(_, Tensor x, Tensor labels) ->
          inputs == null ? List.of() : List.of(inputs.gather(memory(x), memory(labels)));
      case Op.ShiftBias(Tensor bias, Tensor noise, Tensor shifted) ->
          List.of(training().shift(memory(bias), noise, memory(shifted)));
      case Op.Product product -> product(product, product.c(), Epilogue.STORE, Operand.NONE);
      case Op.BiasActivation call -> inPlace(call.product(), call.z(), activate(call));
      case Op.Loss call ->
          List.of(
              kernels.loss(
                  call.loss(),
                  memory(call.outputs()),
                  memory(call.labels()),
                  memory(call.rowLoss()),
                  memory(call.delta()),
                  rows(call.delta()),
                  columns(call.delta()),
                  inputs == null ? 1 : inputs.losses.slots(),
                  state()));
      // The loss kernel sets the flag, and the host computes the mean.
      case Op.Stop _ -> List.of();
      case Op.Derivative call ->
          inPlace(
              call.upstream(),
              call.delta(),
              kernels.derivative(
                  call.activation(),
                  memory(call.delta()),
                  memory(call.kept()),
                  call.delta().count()));
      case Op.ColumnSums(Tensor delta, Tensor sums) ->
          List.of(kernels.columnSums(memory(delta), memory(sums), rows(delta), columns(delta)));
      case Op.ColumnProducts(_, Tensor a, Tensor b, Tensor sums) ->
          List.of(kernels.columnProducts(memory(a), memory(b), memory(sums), rows(a), columns(a)));
      case Op.Elementwise call ->
          List.of(
              kernels.elementwise(
                  call.formula(),
                  call.operands().stream().map(this::strided).toList(),
                  memory(call.result()),
                  rows(call.result()),
                  columns(call.result()),
                  call.stops() ? state() : null));
      case Op.Update update ->
          List.of(
              kernels.update(
                  update.by(),
                  memory(update.parameter()),
                  memory(update.gradient()),
                  update.moments().stream().map(this::memory).toList(),
                  update.parameter().count(),
                  inputs == null ? null : inputs.factors(),
                  state()));
      case Op.Fused(Op.Product product, Op.BiasActivation call, _) -> forward(product, call);
      case Op.Fused(Op.Product product, Op.Derivative call, _) ->
          product(
              product,
              call.delta(),
              Epilogue.derivative(call.activation()),
              Operand.of(memory(call.kept())));
      case Op.Fused(Op.Product product, Op.Update update, _) ->
          product(
              product,
              update.parameter(),
              Epilogue.SGD,
              Operand.update(update.by().rate(), state()));
      case Op.Fused(Op.ColumnSums(Tensor delta, _), Op.Update update, _) ->
          List.of(
              kernels.updateBias(
                  memory(delta),
                  memory(update.parameter()),
                  rows(delta),
                  columns(delta),
                  update.by().rate(),
                  state()));
      case Op.Fused other -> throw new IllegalStateException("no kernel for " + other.label());
    };
  }

  private List<Work> product(Op.Product product, Tensor c, Epilogue epilogue, Operand operand) {
    return products.product(
        product.shape(), memory(product.a()), memory(product.b()), memory(c), epilogue, operand);
  }

  /**
   * Fuses the activation into the product. An epilogue does not write z, so a kept z, which has
   * memory of its own, takes two launches.
   */
  private List<Work> forward(Op.Product product, Op.BiasActivation call) {
    if (memory(call.z()) == memory(call.a())) {
      Operand bias = Operand.of(memory(call.bias()));
      return product(product, call.a(), Epilogue.activate(call.activation()), bias);
    }
    List<Work> works = new ArrayList<>(product(product, call.z(), Epilogue.STORE, Operand.NONE));
    works.add(activate(call));
    return works;
  }

  private Work activate(Op.BiasActivation call) {
    return kernels.biasActivation(
        call.activation(),
        memory(call.z()),
        memory(call.bias()),
        memory(call.a()),
        rows(call.a()),
        columns(call.a()));
  }

  /** For a kernel that works in place: copies the operand first if it has memory of its own. */
  private List<Work> inPlace(Tensor operand, Tensor result, Work work) {
    DeviceMemory from = memory(operand);
    DeviceMemory to = memory(result);
    return from == to
        ? List.of(work)
        : List.of(stream -> stream.copyWithin(from, to, from.bytes()), work);
  }

  private TrainingInputs training() {
    return Objects.requireNonNull(inputs, "this list is for training");
  }

  private @Nullable DeviceMemory state() {
    return inputs == null ? null : inputs.state.memory();
  }

  private Strided strided(Tensor tensor) {
    return new Strided(memory(tensor), tensor.rows() instanceof Axis.One ? 0 : columns(tensor));
  }

  private DeviceMemory memory(Tensor tensor) {
    return tensors.of(storage.owner(tensor));
  }

  private static int rows(Tensor tensor) {
    return tensor.rows().size();
  }

  private static int columns(Tensor tensor) {
    return tensor.columns().size();
  }
}
