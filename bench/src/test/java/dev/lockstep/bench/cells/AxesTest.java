package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
