package dev.lockstep.bench.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.ClassRun;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.cells.LockstepState;
import dev.lockstep.bench.cells.LostDevice;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class ClassMapTest {
  private static final int STEPS = 30;

  private static final Backend VECTOR = Backends.named("test", "vector");

  private static ClassMap.Place place(int width, int batch) {
    return new ClassMap.Place(VECTOR, 2, width, batch);
  }

  private static Workload workload(int width, int batch) {
    return new Cell(width, batch, 2, Activation.TANH, "equal")
        .scenario(new DataSource.EmbeddedDigits(), STEPS, Cell.USUAL_SEED)
        .prepare(Digits.load());
  }

  @Test
  void anExactBackendHasOneClassALayer() {
    ClassRun found =
        ClassRun.of(VECTOR, workload(33, 33), new Resources(2), STEPS, new LostDevice());
    assertThat(found.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(found.classes()).containsExactly(1, 1);
    assertThat(found.reason()).isEqualTo("HELD");
  }

  /** The unit that one weight is set apart in stays apart, and the run goes on to its last step. */
  @Test
  void aBrokenOneIsCountedAfterTheLastStep() {
    ClassRun found =
        ClassRun.of(
            new FaultyBackend(VECTOR, 3),
            workload(7, 33),
            new Resources(1),
            STEPS,
            new LostDevice());
    assertThat(found.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(found.broken()).isTrue();
    assertThat(found.classes()).anyMatch(count -> count > 1);
  }

  @Test
  void theTableAndThePicture() {
    ClassMap map =
        new ClassMap(List.of(place(7, 1), place(7, 33), place(1021, 1), place(1021, 33)), STEPS, 0);
    map.put(
        place(7, 1),
        new ClassRun(Verdict.AGREES, new LockstepState.Held(1), List.of(1, 1), "HELD"));
    map.put(
        place(1021, 33),
        new ClassRun(
            Verdict.AGREES,
            new LockstepState.Broken(55, 1, 1021, 1020, 1020, 2, "forward product and activation"),
            List.of(2, 3),
            "BROKEN at step 55"));
    map.put(
        place(1021, 1),
        new ClassRun(Verdict.INCONCLUSIVE, new LockstepState.DidNotMove("1%"), List.of(1, 1), "?"));
    assertThat(MapFolder.csv(map.rows()))
        .contains(
            "vector,2,7,1,AGREES,held,1 1,,,,,,",
            "vector,2,1021,33,AGREES,broken,2 3,55,1,1020,1020,forward product and activation,");
    assertThat(Printer.lines(80, UnaryOperator.identity(), out -> map.pictures(out)))
        .contains(
            "vector, 2 threads",
            "width \\ batch  1  33",
            "            7  1   -",
            "         1021  ?   3");
    assertThat(map.summary().lines(200))
        .containsExactly(
            "vector, 2 threads  3 places: held at 1, broken at 1, no verdict at 1, first at width"
                + " 1021 batch 33: BROKEN at step 55");
    assertThat(map.faults()).isEmpty();
  }
}
