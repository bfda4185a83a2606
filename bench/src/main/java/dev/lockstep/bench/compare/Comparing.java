package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.compare.Report.CrossoverLine;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
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
  private final RunEstimates a;
  private final RunEstimates b;
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
    a = RunEstimates.of(arms.a().run(), level);
    b = RunEstimates.of(arms.b().run(), level);
    for (CaseResult ofA : arms.a().cases()) {
      List<CaseResult> partners = partners(ofA, arms.a(), arms.b());
      partners.forEach(ofB -> add(ofA, ofB));
      if (partners.isEmpty()) {
        leftOut.add(ofA.of() + ": not in B");
      }
    }
    for (CaseResult ofB : arms.b().cases()) {
      if (partners(ofB, arms.b(), arms.a()).isEmpty()) {
        leftOut.add(ofB.of() + ": not in A");
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

  private void add(CaseResult ofA, CaseResult ofB) {
    if (ofA.forks().isEmpty()) {
      leftOut.add(ofA.of() + ": no number in A" + reason(ofA));
    } else if (ofB.forks().isEmpty()) {
      leftOut.add(ofB.of() + ": no number in B" + reason(ofB));
    } else {
      pairs.add(new Pair(ofA, ofB));
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
    List<Estimate> ratios = ratios();
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
              a.time(pair.a()),
              b.time(pair.b()),
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
        undecided,
        Optional.empty());
  }

  /** The key of the side that computes on the host, if only one does, to keep its threads. */
  private Case key(Pair pair) {
    return arms.a().onDevice() ? arms.b().key(pair.b()) : arms.a().key(pair.a());
  }

  private List<Estimate> ratios() {
    return arms.areOfOneRun()
        ? b.ratios(
            pairs.stream().map(pair -> new RunEstimates.Pair(pair.b(), pair.a())).toList(),
            pairs.size())
        : pairs.stream().map(pair -> b.ratio(pair.b(), a, pair.a())).toList();
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
      RunEstimates others = RunEstimates.of(noise, inference.level());
      for (CaseResult ofA : arms.a().cases()) {
        for (CaseResult other : partners(ofA, arms.a(), again)) {
          if (!ofA.forks().isEmpty() && !other.forks().isEmpty()) {
            same.add(others.ratio(other, a, ofA));
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
