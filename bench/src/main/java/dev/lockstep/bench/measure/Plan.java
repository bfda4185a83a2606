package dev.lockstep.bench.measure;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.StepSplit;
import dev.lockstep.bench.external.ProgramBackend;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.input.InputException;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * The cases that a run measures.
 *
 * @param cases all cases without duplicates, ceilings first
 * @param unavailable what cannot be measured on this machine, and why
 * @param arms the axis whose two values are compared side by side; empty if there is none
 */
record Plan(List<Case> cases, List<String> unavailable, String arms) {

  /** Size in KiB of a copy that exceeds every CPU cache. */
  static final String BEYOND_CACHES = "524288";

  /** Size in KiB of a copy that exceeds every device's cache. */
  static final String BEYOND_DEVICE_CACHES = "2097152";

  private static final String ONE = "1";

  Plan {
    cases = List.copyOf(cases);
    unavailable = List.copyOf(unavailable);
  }

  /**
   * Plans every combination of the selection that a backend can measure, with the ceilings of these
   * cases.
   *
   * @param backends the backends asked for, including those that cannot run
   */
  static Plan of(Selection selection, List<Candidate> backends) {
    Set<Case> cases = new LinkedHashSet<>();
    Set<Integer> threads = new TreeSet<>();
    List<Candidate> programs =
        selection.harnesses().contains(Harness.PRODUCT) ? withoutProducts(backends) : List.of();
    List<String> withoutProducts = programs.stream().map(Candidate::name).toList();
    BiPredicate<Harness, Candidate> measured =
        (harness, backend) ->
            measurable(harness, backend)
                && (harness != Harness.PRODUCT || !withoutProducts.contains(backend.name()));
    Bounds.requireFew(
        "bench",
        "cases",
        selection.harnesses().stream()
            .flatMap(
                harness ->
                    backends.stream()
                        .filter(backend -> measured.test(harness, backend))
                        .map(backend -> selection.count(harness, backend)))
            .reduce(BigInteger.ZERO, BigInteger::add));
    for (Harness harness : selection.harnesses()) {
      for (Candidate backend : backends) {
        if (measured.test(harness, backend)) {
          add(harness, backend, selection, cases, threads);
        }
      }
    }
    cases.addAll(parts(selection, backends, cases));
    Set<Case> all = new LinkedHashSet<>();
    for (int count : threads) {
      all.add(Harness.CEILING_FMA.of(Map.of(Axis.THREADS, String.valueOf(count))));
    }
    Set<String> onDevice = new HashSet<>();
    backends.stream().filter(Candidate::onDevice).forEach(each -> onDevice.add(each.name()));
    List<String> unavailable = new ArrayList<>(unavailable(backends));
    unavailable.addAll(Surroundings.missing(programs));
    if (LastLevelCache.of(Linux.here()).isEmpty()
        && cases.removeIf(of -> isCold(of) && !isOnDevice(of, onDevice))) {
      unavailable.add("cold operands on the CPU  UNAVAILABLE  " + LastLevelCache.UNKNOWN);
    }
    for (Case of : cases) {
      boolean device = isOnDevice(of, onDevice);
      (device ? deviceCopyBeside(of) : copyBeside(of)).ifPresent(all::add);
    }
    if (selection.harnesses().contains(Harness.CEILING_COPY)) {
      for (int count : threads) {
        all.add(copy(BEYOND_CACHES, String.valueOf(count)));
      }
    }
    all.addAll(cases);
    return new Plan(List.copyOf(all), unavailable, "");
  }

  /** Returns the operations of the steps that are split: those with the most threads. */
  private static List<Case> parts(
      Selection selection, List<Candidate> backends, Collection<Case> cases) {
    Map<String, Integer> most = new HashMap<>();
    for (Candidate backend : backends) {
      if (measurable(Harness.ELEMENTWISE, backend) && measurable(Harness.PRODUCT, backend)) {
        cases.stream()
            .filter(of -> of.axis(Axis.BACKEND).equals(Optional.of(backend.name())))
            .flatMap(of -> of.axis(Axis.THREADS).stream())
            .forEach(count -> most.merge(backend.name(), Integer.valueOf(count), Math::max));
      }
    }
    List<Case> steps =
        cases.stream()
            .filter(of -> of.harness().equals(Harness.STEP.label()))
            .filter(of -> selection.split().contains(of.axis(Axis.WIDTH).orElseThrow()))
            .filter(
                of ->
                    most.getOrDefault(of.axis(Axis.BACKEND).orElseThrow(), 0)
                        == of.number(Axis.THREADS))
            .toList();
    Bounds.requireFew(
        "bench",
        "cases",
        BigInteger.valueOf(cases.size() + (long) StepSplit.MOST_PARTS * steps.size()));
    return steps.stream()
        .flatMap(step -> StepSplit.of(step).parts().keySet().stream())
        .distinct()
        .toList();
  }

  private static boolean isOnDevice(Case of, Set<String> deviceBackends) {
    return of.axis(Axis.BACKEND).filter(deviceBackends::contains).isPresent();
  }

  private static boolean isCold(Case of) {
    return of.axis(Axis.CACHE).filter(Work.CacheState.COLD.label()::equals).isPresent();
  }

  /**
   * Returns the ceiling of an element-wise operation on the CPU: a copy of as much memory by the
   * same number of threads. Empty for other cases.
   */
  static Optional<Case> copyBeside(Case of) {
    Optional<String> threads = of.axis(Axis.THREADS);
    return threads.isEmpty()
        ? Optional.empty()
        : footprint(of, BEYOND_CACHES).map(footprint -> copy(footprint, threads.get()));
  }

  /**
   * Returns the ceiling of an element-wise operation on a device: a copy of as much of its memory.
   * Empty for other cases.
   */
  static Optional<Case> deviceCopyBeside(Case of) {
    Optional<String> backend = of.axis(Axis.BACKEND);
    return backend.isEmpty()
        ? Optional.empty()
        : footprint(of, BEYOND_DEVICE_CACHES)
            .map(
                footprint ->
                    Harness.CEILING_DEVICE_COPY.of(
                        Map.of(Axis.BACKEND, backend.get(), Axis.FOOTPRINT, footprint)));
  }

  /**
   * Returns the KiB that an element-wise operation moves, rounded up to a power of two, or {@code
   * cold} if its operands are cold; empty for other cases.
   */
  private static Optional<String> footprint(Case of, String cold) {
    long kibibytes = Math.max(1, (long) (Harness.of(of).bytes(of) / 1024));
    return of.axis(Axis.CACHE)
        .map(
            cache ->
                isCold(of)
                    ? cold
                    : String.valueOf(Math.max(64, 2 * Long.highestOneBit(kibibytes))));
  }

  private static Case copy(String footprint, String threads) {
    return Harness.CEILING_COPY.of(Map.of(Axis.FOOTPRINT, footprint, Axis.THREADS, threads));
  }

  /**
   * Plans a comparison of two backends.
   *
   * @throws InputException if there are not two backends that can be measured
   */
  static Plan versus(Selection selection, List<Candidate> backends) {
    Plan plan = of(selection, backends);
    if (backends.size() != 2 || !unavailable(backends).isEmpty()) {
      throw new InputException(
          "--versus",
          "backends",
          backends.stream().map(Candidate::name).toList(),
          String.join("; ", also("expected two that can be measured here", plan.unavailable())));
    }
    return new Plan(plan.cases(), plan.unavailable(), Axis.BACKEND);
  }

  /** The plan of a run that was begun. */
  static Plan of(RunResult begun) {
    return new Plan(
        begun.cases().stream().map(CaseResult::of).toList(),
        begun.unavailable(),
        begun.plan().arms());
  }

  /**
   * The backends of a run that was begun.
   *
   * @param source the run's manifest, for messages
   * @throws InputException if one of them is unknown or cannot be timed here
   */
  static List<Candidate> candidates(String source, RunResult begun, int device) {
    Resources resources = new Resources(1, device);
    List<Candidate> candidates =
        begun.cases().stream()
            .flatMap(result -> result.of().axis(Axis.BACKEND).stream())
            .distinct()
            .map(name -> Candidate.of(Backends.named(source, name), resources))
            .toList();
    List<String> reasons = unavailable(candidates);
    if (!reasons.isEmpty()) {
      throw new InputException(
          source,
          "backends",
          String.join("; ", reasons),
          "expected those that can be measured here");
    }
    return candidates;
  }

  private static List<String> also(String sentence, List<String> others) {
    return Stream.concat(Stream.of(sentence), others.stream()).toList();
  }

  /** Returns this plan with every case, ceilings aside, run by this build and by another. */
  Plan versusBuild() {
    List<Case> both = new ArrayList<>();
    for (Case of : cases) {
      if (Harness.of(of).isCeiling()) {
        both.add(of);
      } else {
        both.add(of.with(Axis.BUILD, Axis.THIS_BUILD));
        both.add(of.with(Axis.BUILD, Axis.OTHER_BUILD));
      }
    }
    return new Plan(both, unavailable, Axis.BUILD);
  }

  /**
   * Returns how many forks each case gets.
   *
   * @param forks of a case or, in pairs, of each arm, where two make a block; a case without a
   *     partner then gets one for each block
   */
  Map<Case, Integer> forks(int forks) {
    int blocks = Math.ceilDiv(forks, Versus.FORKS_OF_A_BLOCK);
    List<Case> alone = alone();
    Map<Case, Integer> counts = new LinkedHashMap<>();
    for (Case of : cases) {
      counts.put(
          of,
          arms.isEmpty() ? forks : alone.contains(of) ? blocks : Versus.FORKS_OF_A_BLOCK * blocks);
    }
    return counts;
  }

  /** Returns the pairs of cases that differ only in the arm. */
  List<Versus.Pair> pairs() {
    if (arms.isEmpty()) {
      return List.of();
    }
    List<Versus.Pair> pairs = new ArrayList<>();
    for (int a = 0; a < cases.size(); a++) {
      for (int b = a + 1; b < cases.size(); b++) {
        if (cases.get(a).axis(arms).isPresent()
            && cases.get(a).without(arms).equals(cases.get(b).without(arms))) {
          pairs.add(new Versus.Pair(cases.get(a), cases.get(b)));
        }
      }
    }
    return pairs;
  }

  /** Returns the cases that belong to no pair. */
  List<Case> alone() {
    List<Case> alone = new ArrayList<>(cases);
    for (Versus.Pair pair : pairs()) {
      alone.remove(pair.a());
      alone.remove(pair.b());
    }
    return alone;
  }

  private static void add(
      Harness harness,
      Candidate backend,
      Selection selection,
      Set<Case> cases,
      Set<Integer> threads) {
    for (Map<String, String> values : selection.combinations(harness, List.of(backend.name()))) {
      if (backend.onDevice()) {
        values.put(Axis.THREADS, ONE); // the host only submits
        cases.add(harness.of(values));
        continue;
      }
      Case of = harness.of(values);
      int count = of.number(Axis.THREADS);
      if (count <= backend.backend().mostThreads()) {
        threads.add(count);
        cases.add(of);
      }
    }
  }

  private static boolean measurable(Harness harness, Candidate backend) {
    return harness.place() != Harness.Place.HOST
        && (harness.place() == Harness.Place.ANY || backend.onDevice())
        && canBeTimed(backend)
        && (harness != Harness.PRODUCT || backend.backend().times(Work.Product.class))
        && (harness != Harness.ELEMENTWISE || backend.backend().times(Work.Operation.class));
  }

  private static boolean canBeTimed(Candidate backend) {
    return backend.available()
        && backend.hardware() == Hardware.REAL
        && backend.kind() != Kind.ORACLE;
  }

  /**
   * Returns the programs that can be timed but have no products that can be timed alone, each with
   * the reason.
   */
  private static List<Candidate> withoutProducts(List<Candidate> backends) {
    List<Candidate> without = new ArrayList<>();
    for (Candidate backend : backends) {
      if (canBeTimed(backend) && backend.backend() instanceof ProgramBackend program) {
        without.add(new Candidate(program, program.multiplies(new Resources(1))));
      }
    }
    without.removeIf(Candidate::available);
    return without;
  }

  private static List<String> unavailable(List<Candidate> backends) {
    List<String> reasons = new ArrayList<>(Surroundings.missing(backends));
    for (Candidate backend : backends) {
      if (backend.available() && backend.hardware() == Hardware.EMULATED) {
        reasons.add(backend.name() + "  EMULATED: its times say nothing about a GPU");
      } else if (backend.available() && backend.kind() == Kind.ORACLE) {
        reasons.add(backend.name() + "  is an oracle: nothing here could verify it");
      }
    }
    return reasons;
  }
}
