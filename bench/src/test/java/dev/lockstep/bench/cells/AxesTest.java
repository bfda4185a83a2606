package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AxesTest {

  @Test
  void everyValueMeetsEveryValueOfEveryOtherAxis() {
    Axes axes = Axes.DEFAULT;
    Set<List<Object>> met = new HashSet<>();
    for (Cell cell : cells(Normalization.NONE)) {
      List<Object> values = values(cell);
      for (int i = 0; i < values.size(); i++) {
        for (int j = i + 1; j < values.size(); j++) {
          met.add(List.of(i, values.get(i), j, values.get(j)));
        }
      }
    }
    List<List<?>> all =
        List.of(
            axes.widths(),
            axes.batches(),
            axes.depths(),
            axes.activations(),
            axes.inits(),
            axes.optimizers(),
            axes.losses(),
            axes.noises());
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        for (Object a : all.get(i)) {
          for (Object b : all.get(j)) {
            assertThat(met).contains(List.of(i, a, j, b));
          }
        }
      }
    }
  }

  /** The rule, without what makes it fast, on axes drawn at random. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theCellsAreThoseOfTheRule(long seed) {
    Random random = new Random(seed);
    Axes axes =
        new Axes(
            some(random, List.of(7, 129, 33, 64, 1021)),
            some(random, List.of(1, 250, 33)),
            some(random, List.of(2, 1, 3)),
            some(random, List.of(Activation.values())),
            some(random, List.of("equal", "random", "zero")),
            some(random, List.of(CellOptimizer.values())),
            some(random, List.of(Loss.values())),
            some(random, List.of(0.0, 0.1)),
            List.of(Normalization.NONE));

    List<Cell> all = axes.product();
    Map<Cell, Set<Set<Object>>> unmet = new LinkedHashMap<>();
    all.forEach(cell -> unmet.put(cell, pairs(cell)));
    Map<Object, Integer> times = new HashMap<>();
    List<Cell> chosen = new ArrayList<>();
    while (unmet.values().stream().anyMatch(some -> !some.isEmpty())) {
      Cell best =
          Collections.min(
              all,
              Comparator.<Cell>comparingInt(cell -> -unmet.getOrDefault(cell, Set.of()).size())
                  .thenComparingInt(
                      cell -> ofAxes(cell).stream().mapToInt(v -> times.getOrDefault(v, 0)).sum())
                  .thenComparingLong(cell -> cell.multiplications(cell.width(), cell.width())));
      chosen.add(best);
      Set<Set<Object>> met = Set.copyOf(unmet.getOrDefault(best, Set.of()));
      unmet.values().forEach(some -> some.removeAll(met));
      ofAxes(best).forEach(value -> times.merge(value, 1, Integer::sum));
    }
    assertThat(axes.cells()).isEqualTo(chosen);
  }

  private static <T> List<T> some(Random random, List<T> values) {
    List<T> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    return List.copyOf(shuffled.subList(0, 1 + random.nextInt(values.size())));
  }

  private static List<Object> ofAxes(Cell cell) {
    List<Object> values = values(cell);
    return IntStream.range(0, values.size())
        .<Object>mapToObj(axis -> List.of(axis, values.get(axis)))
        .toList();
  }

  private static Set<Set<Object>> pairs(Cell cell) {
    Set<Set<Object>> pairs = new HashSet<>();
    for (Object a : ofAxes(cell)) {
      ofAxes(cell).stream().filter(b -> !a.equals(b)).forEach(b -> pairs.add(Set.of(a, b)));
    }
    return pairs;
  }

  /** As many as `check` allows: 10,000 pairs, each met by one cell only. */
  @Test
  void theMostCellsThereMayBeAreChosenWithoutAStepForEachPairOfThem() {
    List<Integer> hundred = IntStream.rangeClosed(1, 100).boxed().toList();
    Axes axes =
        new Axes(
            hundred,
            hundred,
            List.of(1),
            List.of(Activation.TANH),
            List.of("equal"),
            List.of(CellOptimizer.SGD),
            List.of(Loss.CROSS_ENTROPY),
            List.of(0.0),
            List.of(Normalization.NONE));
    assertThat(assertTimeoutPreemptively(Duration.ofSeconds(60), axes::cells)).hasSize(10_000);
  }

  @Test
  void coversPairsWithFewCells() {
    // 6 widths by 5 activations need 30 cells at least; the full product has 8640.
    assertThat(cells(Normalization.NONE)).hasSizeBetween(30, 36).doesNotHaveDuplicates();
  }

  /** Of a batch of one row there are no statistics. */
  @Test
  void everyOtherValueIsNormalizedOnce() {
    List<Cell> normalized = cells(Normalization.BATCH);
    assertThat(normalized).hasSizeBetween(6, 8).noneMatch(cell -> cell.batch() == 1);
    assertThat(normalized.stream().map(Cell::width)).containsAll(Axes.DEFAULT.widths());
    assertThat(normalized.stream().map(Cell::activation)).containsAll(Axes.DEFAULT.activations());
    assertThat(normalized.stream().map(Cell::optimizer)).containsAll(Axes.DEFAULT.optimizers());
  }

  private static List<Cell> cells(Normalization normalization) {
    return Axes.DEFAULT.cells().stream()
        .filter(cell -> cell.normalization() == normalization)
        .toList();
  }

  @Test
  void oneValueAnAxisIsOneCell() {
    Axes one =
        new Axes(
            List.of(7),
            List.of(33),
            List.of(2),
            List.of(Activation.RELU),
            List.of("he-normal"),
            List.of(CellOptimizer.ADAM),
            List.of(Loss.SQUARED_ERROR),
            List.of(0.1),
            List.of(Normalization.NONE));
    assertThat(one.cells())
        .containsExactly(
            new Cell(
                7,
                33,
                2,
                Activation.RELU,
                "he-normal",
                CellOptimizer.ADAM,
                Loss.SQUARED_ERROR,
                0.1));
  }

  private static List<Object> values(Cell cell) {
    return List.of(
        cell.width(),
        cell.batch(),
        cell.depth(),
        cell.activation(),
        cell.init(),
        cell.optimizer(),
        cell.loss(),
        cell.noise());
  }
}
