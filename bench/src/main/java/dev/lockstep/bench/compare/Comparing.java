package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.compare.Report.CrossoverLine;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pairs the cases of two sides and compares their times. */
final class Comparing {

  private static final String WIDTH = "width";

  /** The same case measured on both sides. */
  private record Pair(CaseResult a, CaseResult b) {}

  private final Arms arms;
  private final Inference inference;
  private final List<Pair> pairs = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  /**
   * Pairs the cases of both sides.
   *
   * @throws InputException if there is no pair
   */
  Comparing(Arms arms, ForkLevel level) {
    this.arms = arms;
    inference = new Inference(level);
    for (CaseResult a : arms.a().cases()) {
      List<CaseResult> partners = partners(a, arms.a(), arms.b());
      partners.forEach(b -> add(a, b));
      if (partners.isEmpty()) {
        leftOut.add(a.of() + ": not in B");
      }
    }
    for (CaseResult b : arms.b().cases()) {
      if (partners(b, arms.b(), arms.a()).isEmpty()) {
        leftOut.add(b.of() + ": not in A");
      }
    }
    if (pairs.isEmpty()) {
      throw new InputException(
          "compare",
          "number of cases that both sides measured",
          0,
          "expected some: A is " + arms.a().label() + ", B is " + arms.b().label());
    }
  }

  private static List<CaseResult> partners(CaseResult own, Arm arm, Arm other) {
    return other.cases().stream().filter(theirs -> arm.matches(own, other, theirs)).toList();
  }

  private void add(CaseResult a, CaseResult b) {
    if (a.forks().isEmpty()) {
      leftOut.add(a.of() + ": no number in A" + reason(a));
    } else if (b.forks().isEmpty()) {
      leftOut.add(b.of() + ": no number in B" + reason(b));
    } else {
      pairs.add(new Pair(a, b));
    }
  }

  private static String reason(CaseResult result) {
    String reason = result.failure().isEmpty() ? result.stop() : result.failure();
    return reason.isEmpty() ? "" : ", " + reason;
  }

  /**
   * Compares all pairs.
   *
   * @param limit of {@code --fail-if-slower}, as a share
   * @param differences see {@link Report}
   */
  Report report(
      NoiseFloor floor,
      Optional<Double> limit,
      Report.Undecided undecided,
      List<String> differences) {
    List<Estimate> ratios = pairs.stream().map(this::ratio).toList();
    Family family = new Family(ratios, floor);
    List<Family.Judgement> judgements = family.judgements();
    double largest = 1 + limit.orElse(Double.POSITIVE_INFINITY);
    List<Boolean> slower = family.slowerBy(limit.orElse(Double.POSITIVE_INFINITY));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      rows.add(
          new Row(
              key(pair),
              inference.time(pair.a().samples()),
              inference.time(pair.b().samples()),
              new Row.Forks(pair.a().forks().size(), pair.b().forks().size()),
              ratios.get(i),
              judgements.get(i),
              slower.get(i)
                  ? Beyond.SHOWN
                  : ratios.get(i).value() > largest ? Beyond.UNDECIDED : Beyond.NO));
    }
    return new Report(
        arms,
        inference.level(),
        floor,
        rows,
        crossovers(rows),
        leftOut,
        differences,
        limit,
        undecided);
  }

  /** The key of the side that computes on the host, if only one does, to keep its threads. */
  private Case key(Pair pair) {
    return arms.a().onDevice() ? arms.b().key(pair.b()) : arms.a().key(pair.a());
  }

  private Estimate ratio(Pair pair) {
    List<Blocks.Block> blocks = blocks(pair);
    return blocks.isEmpty()
        ? inference.ratio(pair.b().samples(), pair.a().samples())
        : inference.ratio(new Blocks(blocks), pairs.size());
  }

  private List<Blocks.Block> blocks(Pair pair) {
    return arms.areOfOneRun() ? pair.b().blocksBeside(pair.a()) : List.of();
  }

  private List<CrossoverLine> crossovers(List<Row> rows) {
    Map<Case, Map<Integer, Estimate>> curves = new LinkedHashMap<>();
    if (arms.areBackends()) {
      for (Row row : rows) {
        if (row.of().axis(WIDTH).isPresent()) {
          curves
              .computeIfAbsent(row.of().without(WIDTH), _ -> new LinkedHashMap<>())
              .put(row.of().number(WIDTH), row.ratio());
        }
      }
    }
    List<CrossoverLine> lines = new ArrayList<>();
    curves.forEach(
        (of, ratios) -> {
          if (ratios.size() > 1) {
            List<Crossover.Point> points = new ArrayList<>();
            ratios.forEach((width, ratio) -> points.add(new Crossover.Point(width, ratio)));
            int smallest = ratios.keySet().stream().min(Integer::compare).orElseThrow();
            int largest = ratios.keySet().stream().max(Integer::compare).orElseThrow();
            lines.add(new CrossoverLine(of, smallest, largest, Crossover.of(points)));
          }
        });
    return lines;
  }

  /**
   * Derives the noise floor from A/A comparisons.
   *
   * @param noise another run of the cases of A; null to compare forks of the same run instead
   * @throws InputException if the other run has no case of A
   */
  NoiseFloor floor(@Nullable RunResult noise) {
    List<Estimate> same = new ArrayList<>();
    if (noise != null) {
      Arm again = new Arm(noise, arms.a().axis(), arms.a().value());
      for (CaseResult a : arms.a().cases()) {
        for (CaseResult other : partners(a, arms.a(), again)) {
          if (!a.forks().isEmpty() && !other.forks().isEmpty()) {
            same.add(inference.ratio(other.samples(), a.samples()));
          }
        }
      }
      if (same.isEmpty()) {
        throw new InputException(
            "--noise", "folder", noise.name(), "expected a run with cases of A");
      }
      return NoiseFloor.of(same);
    }
    Set<CaseResult> alone = new LinkedHashSet<>();
    for (Pair pair : pairs) {
      List<Blocks.Block> blocks = blocks(pair);
      if (blocks.isEmpty()) {
        alone.add(pair.a());
        alone.add(pair.b());
      } else {
        same.addAll(NoiseFloor.within(inference, new Blocks(blocks)));
      }
    }
    alone.forEach(result -> same.addAll(NoiseFloor.halves(inference, result.samples())));
    return NoiseFloor.of(same);
  }
}
