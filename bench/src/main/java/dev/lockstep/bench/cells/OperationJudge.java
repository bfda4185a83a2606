package dev.lockstep.bench.cells;

import dev.lockstep.agreement.ProductUse;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges every operation of single steps by itself, from the backend's own operands ({@link
 * StepSample}). A library is held to its kind: what it computes within bounds, the rest to the bit.
 * The first exact backend is held to bounds throughout, against the oracle's own kernels.
 */
final class OperationJudge implements AutoCloseable {
  private static final Resources ONE = new Resources(1);

  private final Workload workload;
  private final Operations oracle;
  private final Operations canonical;
  private final Map<Contender, StepSample> due = new HashMap<>();
  private final Map<Contender, List<SampleTally>> tallies = new HashMap<>();
  private final List<SampleTally> ofOracle = new ArrayList<>();

  private final OwnOrders orders;
  private final Resources resources;
  private final Map<Contender, Optional<OwnOrder>> own = new HashMap<>();
  private final Map<Contender, Map<ProductForm, ProductErrors>> errors = new HashMap<>();

  /**
   * @param orders the orders in which libraries add
   * @param resources those of the judged backends
   */
  OperationJudge(Backend oracle, Workload workload, OwnOrders orders, Resources resources) {
    this.workload = workload;
    this.orders = orders;
    this.resources = resources;
    this.oracle = oracle.operations(ONE);
    canonical = Backends.usual().operations(ONE);
  }

  /** Copies what the next step of a contender overwrites, if its tensors can be read. */
  void before(Contender contender, ProbedView tensors) {
    due.remove(contender);
    if (tensors.inspection() == Inspection.RESULTS_ONLY) {
      return;
    }
    Backend backend = contender.backend;
    long step = contender.watched.trainer().step();
    due.put(
        contender,
        backend.kind() == Kind.EXACT
            ? StepSample.withOracle(workload, backend, oracle, tensors, step)
            : StepSample.whole(workload, backend, canonical, tensors, step, use(contender)));
  }

  private ProductUse use(Contender contender) {
    Optional<OwnOrder> order =
        own.computeIfAbsent(contender, _ -> orders.of(contender.backend, resources));
    return (step, op, a, b, c, checked) -> {
      errors
          .computeIfAbsent(contender, _ -> new EnumMap<>(ProductForm.class))
          .merge(op.form(), ProductErrors.of(op.form(), checked), ProductErrors::plus);
      order.ifPresent(each -> each.product(step, op, a, b, c));
    };
  }

  /** Returns how large the errors of a contender's judged products are, by their form. */
  List<ProductErrors> errors(Contender contender) {
    return List.copyOf(errors.getOrDefault(contender, Map.of()).values());
  }

  /** Judges that step, unless binary32 may have overflowed in it. */
  void after(Contender contender, ProbedView tensors, double loss) {
    StepSample sample = due.remove(contender);
    if (sample == null || !Double.isFinite(loss) || StepJudge.mayOverflow(tensors.probe())) {
      return;
    }
    tallies.computeIfAbsent(contender, _ -> new ArrayList<>()).add(sample.after(loss));
    if (contender.backend.kind() == Kind.EXACT) {
      ofOracle.add(sample.ofOracle());
    }
  }

  /** Returns how a contender's judged steps agree; empty if none was judged. */
  Optional<Agreement> of(@Nullable Contender contender) {
    return Optional.ofNullable(tallies.get(contender))
        .map(Agreement::operations)
        .map(
            agreement ->
                ownOrder(contender)
                    .flatMap(OwnOrder::shortfall)
                    .map(agreement::because)
                    .orElse(agreement));
  }

  /**
   * Returns how the products of a contender's judged steps agree with their replays; empty if not
   * all were replayed.
   */
  Optional<Agreement> ofOwnOrder(Contender contender) {
    return Optional.ofNullable(tallies.get(contender))
        .flatMap(judged -> ownOrder(contender).flatMap(each -> each.agreement(judged.size())));
  }

  private Optional<OwnOrder> ownOrder(@Nullable Contender contender) {
    return own.getOrDefault(contender, Optional.empty());
  }

  /**
   * Returns how the oracle agrees with the values that the first exact backend was compared with;
   * empty if no step was judged.
   */
  Optional<Agreement> ofOracle() {
    return ofOracle.isEmpty() ? Optional.empty() : Optional.of(Agreement.operations(ofOracle));
  }

  @Override
  public void close() {
    oracle.close();
    canonical.close();
  }
}
