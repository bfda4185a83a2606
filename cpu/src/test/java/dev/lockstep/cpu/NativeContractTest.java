package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.scenario.Workload;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;

/**
 * Training in native memory with products that are canonical themselves is exact: what surrounds
 * the products of a library has canonical bits.
 */
@Tag("vector-width-of-native")
final class NativeContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CanonicalProductsInNativeMemory();
  }

  private record CanonicalProductsInNativeMemory() implements Backend {
    @Override
    public String name() {
      return "native";
    }

    @Override
    public Kind kind() {
      return Kind.EXACT;
    }

    @Override
    public Availability availability(Resources resources) {
      return NativeTraining.availability(resources);
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      return NativeTraining.trainer(CanonicalProductsInNativeMemory::multiply, workload, resources);
    }

    @Override
    public Operations operations(Resources resources) {
      return NativeTraining.operations(CanonicalProductsInNativeMemory::multiply, resources);
    }

    private static void multiply(
        ProductForm form, int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c) {
      float[] result = new float[m * n];
      new FloatKernels()
          .product(
              new ProductShape(form, m, n, k), a.toArray(JAVA_FLOAT), b.toArray(JAVA_FLOAT), result)
          .run();
      MemorySegment.copy(result, 0, c, JAVA_FLOAT, 0, result.length);
    }
  }
}
