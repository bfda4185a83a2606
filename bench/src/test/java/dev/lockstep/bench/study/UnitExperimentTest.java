package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.study.UnitStudy.Moment;
import dev.lockstep.bench.study.UnitStudy.Quality;
import dev.lockstep.bench.study.UnitStudy.Side;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked at, and what the copies and the random units of a training become. */
final class UnitExperimentTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1   | 0,1",
        "2   | 0,1,2",
        "4   | 0,1,2,3,4",
        "9   | 0,1,2,3,5,7,9",
        "10  | 0,1,2,3,5,7,10",
        "11  | 0,1,2,3,5,7,10,11",
        "99  | 0,1,2,3,5,7,10,20,30,50,70,99",
        "100 | 0,1,2,3,5,7,10,20,30,50,70,100",
        "800 | 0,1,2,3,5,7,10,20,30,50,70,100,200,300,500,700,800",
      })
  void itLooksOftenInTheBeginningAndAtTheEnd(int steps, String moments) {
    assertThat(WrittenUnits.experiment(2, steps).moments())
        .containsExactlyElementsOf(
            Arrays.stream(moments.split(",")).map(Integer::valueOf).toList());
  }

  /** Ten times the largest power of ten is no int. */
  @Test
  void theMostStepsHaveFewMoments() {
    assertThat(WrittenUnits.experiment(2, Integer.MAX_VALUE).moments())
        .hasSize(1 + 9 * 5 + 2 + 1)
        .isSorted()
        .startsWith(0, 1)
        .endsWith(1_000_000_000, 2_000_000_000, Integer.MAX_VALUE);
  }

  private static List<Long> steps(List<Quality> qualities) {
    return qualities.stream().map(Quality::step).toList();
  }

  private static List<Long> stepsOf(Side side) {
    return steps(side.moments().stream().map(Moment::quality).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 33})
  void copiesStayOneClassAndRandomUnitsStayApart(int width) {
    UnitStudy study = WrittenUnits.study(width, 12, WrittenUnits.VECTOR);
    assertThat(stepsOf(study.equal()))
        .containsExactly(0L, 1L, 2L, 3L, 5L, 7L, 10L, 12L)
        .isEqualTo(stepsOf(study.random()))
        .isEqualTo(steps(study.oneUnit()));
    for (Moment moment : study.equal().moments()) {
      assertThat(moment.classOf()).hasSize(width).containsOnly(0);
      assertThat(moment.weights()).hasSize(1);
      assertThat(moment.cosine()).hasSize(width * (width - 1) / 2).containsOnly(100);
      assertThat(moment.spread()).isZero();
    }
    for (Moment moment : study.random().moments()) {
      assertThat(moment.classOf()).doesNotHaveDuplicates().isSorted();
      assertThat(moment.weights()).hasSize(width).allSatisfy(unit -> assertThat(unit).hasSize(7));
      assertThat(moment.spread()).isPositive();
    }
    assertThat(study.exitCode()).isZero();
  }

  /** The copied unit is the first of the random ones. */
  @Test
  void theCopiedUnitIsTheFirstRandomOne() {
    UnitStudy study = WrittenUnits.study(7, 1, WrittenUnits.VECTOR);
    assertThat(study.equal().moments().getFirst().weights().getFirst())
        .isEqualTo(study.random().moments().getFirst().weights().getFirst());
    assertThat(study.equal().init()).isEqualTo("copies:" + study.random().init());
  }

  @ParameterizedTest
  @CsvSource({"teacher:7x3, 1, 7, 3", "teacher:9x2, 3, 3, 2", "digits, 8, 8, 6"})
  void anImageIsASquareOrARow(String data, int rows, int columns, int examples) {
    UnitStudy study = WrittenUnits.study(WrittenUnits.experiment(data, 2, 1), WrittenUnits.VECTOR);
    assertThat(study.image()).containsExactly(rows, columns);
    assertThat(study.examples())
        .hasSize(examples)
        .allSatisfy(each -> assertThat(each.pixels()).hasSize(rows * columns))
        .extracting(UnitStudy.Example::label)
        .doesNotHaveDuplicates()
        .isSorted();
  }

  /** The seeds that follow the largest begin with the smallest. */
  @Test
  void everySeedIsTrained() {
    UnitExperiment small = WrittenUnits.experiment(2, 1);
    UnitExperiment last =
        new UnitExperiment(small.source(), small.dataset(), 2, 7, 1, Long.MAX_VALUE - 1, 4);
    UnitStudy study = WrittenUnits.study(last, WrittenUnits.VECTOR);
    assertThat(study.seeds())
        .extracting(UnitStudy.Seed::seed)
        .containsExactly(Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1);
    assertThat(study.chance().seeds()).containsExactly(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    assertThat(study.chance().weights().get(0)).isNotEqualTo(study.chance().weights().get(1));
    UnitExperiment two =
        new UnitExperiment(small.source(), small.dataset(), 2, 7, 1, Long.MAX_VALUE - 1, 2);
    assertThat(WrittenUnits.study(two, WrittenUnits.VECTOR).chance()).isEqualTo(study.chance());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void progressCountsEveryLook(int backends) {
    UnitExperiment experiment = WrittenUnits.experiment(2, 3);
    AtomicInteger looked = new AtomicInteger();
    experiment.on(
        Collections.nCopies(backends, Candidate.of(WrittenUnits.VECTOR, WrittenUnits.ONE)),
        WrittenUnits.ONE,
        looked::incrementAndGet);
    assertThat(experiment.looks(backends)).isEqualTo(looked.get());
  }
}
