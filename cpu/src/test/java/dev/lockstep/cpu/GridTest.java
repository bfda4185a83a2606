package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tile, and with it every region, depends on the width of a vector. */
@Tag("vector-width")
class GridTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 1, 4",
    "7, 33, 4",
    "33, 7, 4",
    "129, 250, 6",
    "250, 129, 4",
    "1021, 1, 32",
    "1, 1021, 32",
    "1021, 1021, 1",
    "1021, 1021, 4",
    "4096, 10, 8",
    "64, 4096, 4",
    "2048, 33, 2",
    "33, 4096, 2"
  })
  void regionsCoverEveryElementOnce(int m, int n, int tasks) {
    Grid grid = Grid.of(m, n, tasks);
    int[] covered = new int[m * n];
    for (int task = 0; task < grid.tasks(); task++) {
      Grid.Region region = grid.region(task);
      for (int i = region.row0(); i < region.row0() + region.rows(); i++) {
        for (int j = region.column0(); j < region.column0() + region.columns(); j++) {
          covered[i * n + j]++;
        }
      }
      assertThat(region.columns()).isLessThanOrEqualTo(Blocking.SLAB_COLUMNS);
      assertThat(region.rows()).isLessThanOrEqualTo(Blocking.GROUP_ROWS);
    }
    assertThat(covered).containsOnly(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1024, 4",
    "250, 1021, 4",
    "64, 4096, 2",
    "4096, 64, 3",
    "2560, 1024, 2",
    "1024, 6000, 2",
    "2560, 6000, 4"
  })
  void allWorkersHaveAsManyTasks(int m, int n, int tasks) {
    assertThat(Grid.of(m, n, tasks).tasks() % tasks).isZero();
  }
}
