package dev.lockstep.bench.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.timing.TimedProduct;
import dev.lockstep.program.ProductForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every backend owes, of programs: what they show of it. */
final class ProgramContractTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Few sizes, since every tensor travels through files. */
  private static final Extent FEW =
      new Extent(List.of(1, 7, 33), List.of(0, 1, 7, 33), 129, List.of(33), List.of(7), List.of(1));

  private static Backend program(List<String> words) {
    return new ProgramBackend("program", new GivenProgram(words), LIMIT);
  }

  /** The host's side alone: the program computes with {@code scalar}. */
  @Nested
  final class OfScalar extends BackendContract {
    private static final Backend BACKEND =
        program(CanonicalProgram.command(CanonicalProgram.class));

    @Override
    protected Backend backend() {
      return BACKEND;
    }

    @Override
    protected Extent extent() {
      return FEW;
    }

    @Test
    void timesProducts() {
      requireTimedProducts(BACKEND);
    }
  }

  /** What is timed is what is verified, and it is computed when it is timed. */
  private static void requireTimedProducts(Backend backend) {
    Resources one = new Resources(1);
    Assumptions.assumeTrue(backend.availability(one) instanceof Availability.Available);
    for (ProductForm form : ProductForm.values()) {
      try (TimedProduct product = TimedProduct.open(backend, form, 50, 33, 77, one)) {
        product.run(3);
        assertThat(product.verify().verdict()).as("%s", form).isEqualTo(Verdict.AGREES);
        product.reset();
        assertThat(product.verify().verdict()).as("%s", form).isNotEqualTo(Verdict.AGREES);
        assertThat(product.run(2).own()).isPresent();
        assertThat(product.verify().verdict()).as("%s", form).isEqualTo(Verdict.AGREES);
      }
    }
  }

  /** An adapter as its name alone starts it; skipped where no Python has its library. */
  @Tag("thorough")
  abstract static class OfAdapter extends BackendContract {
    private final Backend backend;

    OfAdapter(Backend backend) {
      this.backend = backend;
    }

    static Backend adapter(ShippedAdapter adapter) {
      return new ProgramBackend(adapter.label(), adapter, LIMIT);
    }

    @Override
    protected final Backend backend() {
      return backend;
    }

    @Override
    protected final Extent extent() {
      return FEW;
    }

    @Test
    final void timesProducts() {
      requireTimedProducts(backend);
    }
  }

  @Nested
  final class OfNumpy extends OfAdapter {
    private static final Backend BACKEND = adapter(ShippedAdapter.NUMPY);

    OfNumpy() {
      super(BACKEND);
    }
  }

  @Nested
  final class OfPytorch extends OfAdapter {
    private static final Backend BACKEND = adapter(ShippedAdapter.PYTORCH);

    OfPytorch() {
      super(BACKEND);
    }
  }

  @Nested
  final class OfJax extends OfAdapter {
    private static final Backend BACKEND = adapter(ShippedAdapter.JAX);

    OfJax() {
      super(BACKEND);
    }
  }

  @Nested
  final class OfTensorflow extends OfAdapter {
    private static final Backend BACKEND = adapter(ShippedAdapter.TENSORFLOW);

    OfTensorflow() {
      super(BACKEND);
    }
  }

  /** NumPy in canonical arithmetic: scalar's bits from outside. */
  @Tag("thorough")
  @Nested
  final class OfCanonicalNumpy extends BackendContract {
    private static final Backend BACKEND =
        program(
            List.of(
                "/usr/bin/python3",
                Path.of("adapters", "numpy_backend.py").toString(),
                "--precision",
                "canonical"));

    @Override
    protected Backend backend() {
      return BACKEND;
    }

    @Override
    protected Extent extent() {
      return FEW;
    }
  }
}
