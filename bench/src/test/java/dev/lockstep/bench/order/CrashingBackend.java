package dev.lockstep.bench.order;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.SingleOperations;
import dev.lockstep.backend.Trainer;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** A library that reads where no memory is when B is transposed, and ends the process for ATB. */
public final class CrashingBackend implements Backend {

  private static final int AFTER = 5;

  @Override
  public String name() {
    return "crashing";
  }

  @Override
  public Kind kind() {
    return Kind.LIBRARY;
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("until it crashes");
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    throw new UnsupportedOperationException("trains nothing");
  }

  @Override
  public Operations operations(Resources resources) {
    Operations scalar = new ScalarBackend().operations(resources);
    return new SingleOperations() {
      private int products;

      @Override
      protected List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands) {
        if (!(single.op() instanceof Op.Product(var form, _, _, _))) {
          throw new UnsupportedOperationException(single.toString());
        }
        if (products++ == AFTER) {
          fail(form);
        }
        return List.of(scalar.product(form, operand(operands, "A"), operand(operands, "B")));
      }

      private Matrix operand(Map<Tensor, ? extends Matrix> operands, String name) {
        return operands.entrySet().stream()
            .filter(entry -> entry.getKey().name().equals(name))
            .map(entry -> (Matrix) entry.getValue())
            .findFirst()
            .orElseThrow();
      }

      @Override
      public void close() {
        scalar.close();
      }
    };
  }

  @SuppressWarnings("restricted")
  private static void fail(ProductForm form) {
    switch (form) {
      case AB -> {}
      case ABT ->
          MemorySegment.ofAddress(8).reinterpret(64).set(ValueLayout.JAVA_INT_UNALIGNED, 0, 1);
      case ATB -> Runtime.getRuntime().halt(0);
    }
  }
}
