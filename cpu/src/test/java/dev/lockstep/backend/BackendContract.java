package dev.lockstep.backend;

import dev.lockstep.backend.Availability.Cause;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * What every backend owes, whoever made it. To put a backend under it: a subclass that names it.
 *
 * <table>
 * <caption>What is demanded, by {@link Kind}</caption>
 * <tr><th>kind</th><th>products</th><th>everything else</th><th>training</th></tr>
 * <tr><td>{@link Kind#EXACT}</td>
 *   <td>the bits of canonical arithmetic, by {@link NaiveArithmetic} and by {@code scalar}</td>
 *   <td>likewise; tanh, exp and log, of which there is one definition, by {@code scalar} alone</td>
 *   <td>after every step the bits of {@code scalar}, and those recorded in {@link GoldenFile};
 *     equal units stay in lockstep</td></tr>
 * <tr><td>{@link Kind#LIBRARY}</td>
 *   <td>within the a-priori bound; the same bits whenever the same product is computed again</td>
 *   <td>canonical bits</td>
 *   <td>after every step the bits of a step put together from the backend's own products and
 *     {@code scalar}'s other operations. Lockstep is not demanded</td></tr>
 * <tr><td>{@link Kind#LIBRARY_STEP}</td>
 *   <td>as of a library</td>
 *   <td>within the bound of binary32</td>
 *   <td>steps within the bound around the oracle's</td></tr>
 * <tr><td>{@link Kind#ORACLE}</td>
 *   <td>within the bound of binary64</td>
 *   <td>within the bound of binary64</td>
 *   <td>{@code scalar}'s steps lie within the bound around it; equal units stay in
 *     lockstep</td></tr>
 * </table>
 *
 * <p>Where a bound is meant: with unit roundoff u (2^-53 for the oracle, 2^-24 for a library) an
 * inner product of k terms, in any order, fused or not, is off by at most k u / (1 - k u) times the
 * sum of |a||b| (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.1).
 * What is expected may itself be off by as much in binary64. Hence {@code 2 (k + 4) u} times that
 * sum is allowed; the 4 covers the operations around a product and elementary functions of up to 2
 * ulp. {@link OperandRounding} adds its share.
 *
 * <p>To add a case: a method in the suite it belongs to. It asks its {@link Subject} what is
 * demanded and is tried on a wrong kernel in {@code BrokenKernelTest}.
 */
@ExtendWith(BackendContract.SkipsWhatIsNotShown.class)
public abstract class BackendContract {

  /** What is tested. */
  protected abstract Backend backend();

  /** Which sizes it is tested at. */
  protected Extent extent() {
    return Extent.FULL;
  }

  /** A program need not show single operations; what it does not show is skipped by name. */
  static final class SkipsWhatIsNotShown implements TestExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
        throws Throwable {
      if (thrown instanceof UnavailableException refusal
          && refusal.availability()
              instanceof Availability.Unsupported(Availability.Reason(Cause cause, String sentence))
          && cause == Cause.PROGRAM) {
        throw new TestAbortedException("skipped: " + sentence);
      }
      throw thrown;
    }
  }

  private Subject subject() {
    return new Subject(backend(), extent());
  }

  @BeforeEach
  final void requireAvailable() {
    Availability availability = backend().availability(new Resources(1));
    Assumptions.assumeTrue(
        availability instanceof Availability.Available, () -> "skipped: " + availability);
  }

  @Nested
  final class Products extends ProductContract {
    Products() {
      super(subject());
    }
  }

  @Nested
  final class OtherOperations extends OperationsContract {
    OtherOperations() {
      super(subject());
    }
  }

  @Nested
  final class SingleSteps extends StepContract {
    SingleSteps() {
      super(subject());
    }
  }

  @Nested
  final class Training extends TrainingContract {
    Training() {
      super(subject());
    }
  }

  @Nested
  final class Golden extends GoldenContract {
    Golden() {
      super(subject());
    }
  }

  @Nested
  final class TimedWork extends TimedContract {
    TimedWork() {
      super(subject());
    }
  }

  @Nested
  final class Lifecycle extends LifecycleContract {
    Lifecycle() {
      super(subject());
    }
  }
}
