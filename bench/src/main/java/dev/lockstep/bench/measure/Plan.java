package dev.lockstep.bench.measure;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.external.ProgramBackend;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.input.InputException;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
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

  /** An axis in addition to those of the harnesses: which of two builds runs. */
  static final String BUILD = "build";

  static final String THIS_BUILD = "this";
  static final String OTHER_BUILD = "other";

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
        both.add(of.with(BUILD, THIS_BUILD));
        both.add(of.with(BUILD, OTHER_BUILD));
      }
    }
    return new Plan(both, unavailable, BUILD);
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
