package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.bench.statistics.Family.Ground;
import dev.lockstep.bench.statistics.Family.Judgement;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FamilyTest {

  private static final NoiseFloor FLOOR = NoiseFloor.given(0.01);

  /** With a 95% interval of the given half on a logarithmic scale. */
  private static Estimate ratio(double log, double half) {
    return new Student(log, half / 2.306004, 8, Estimate.Method.STUDENT);
  }

  private static Judgement judge(Estimate ratio) {
    return new Family(List.of(ratio), FLOOR).judgements().getFirst();
  }

  @Test
  void aSingleComparisonIsJudgedByItsInterval() {
    double floor = Math.log(1.01);
    assertThat(judge(ratio(-0.05, 0.05 - floor - 1e-6)).verdict()).isEqualTo(Verdict.FASTER);
    assertThat(judge(ratio(0.05, 0.05 - floor - 1e-6)).verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(judge(ratio(0.001, floor - 0.001 - 1e-6)).verdict()).isEqualTo(Verdict.SAME);
    for (Estimate across :
        List.of(
            ratio(-0.05, 0.05 - floor + 1e-6),
            ratio(0.05, 0.05 - floor + 1e-6),
            ratio(0.001, floor - 0.001 + 1e-6))) {
      assertThat(judge(across))
          .returns(Verdict.UNDECIDED, Judgement::verdict)
          .returns(Ground.WIDE, Judgement::ground);
    }
    assertThat(judge(new Unbounded(3)))
        .returns(Verdict.UNDECIDED, Judgement::verdict)
        .returns(Ground.NO_INTERVAL, Judgement::ground);
  }

  @Test
  void amongManyOnlyTheClearOnesStayDecided() {
    Estimate clear = ratio(0.5, 0.05);
    Estimate close = ratio(0.05, 0.035);
    List<Estimate> ratios =
        Stream.concat(Stream.of(close, clear), Collections.nCopies(18, ratio(0, 0.05)).stream())
            .toList();
    List<Judgement> judgements = new Family(ratios, FLOOR).judgements();
    assertThat(judge(close).verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(judgements.get(0))
        .returns(Verdict.UNDECIDED, Judgement::verdict)
        .returns(Ground.MANY, Judgement::ground);
    assertThat(judgements.get(1).verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(judgements.get(1).ground()).isEqualTo(Ground.DECIDED);
  }

  @Test
  void aNoisyMachineMakesNothingTheSame() {
    Estimate ratio = ratio(0, Math.log(1.2));
    NoiseFloor noisy = new NoiseFloor(0.3, 20);
    assertThat(new Family(List.of(ratio), noisy).judgements().getFirst().verdict())
        .isEqualTo(Verdict.UNDECIDED);
    assertThat(new Family(List.of(ratio(0, 0.04)), noisy).judgements().getFirst().verdict())
        .isEqualTo(Verdict.SAME);
    assertThat(new Family(List.of(ratio), NoiseFloor.given(0.3)).judgements().getFirst().verdict())
        .as("on demand")
        .isEqualTo(Verdict.SAME);
    assertThat(new Family(List.of(ratio(0.25, 0.01)), noisy).judgements().getFirst().verdict())
        .as("within the floor")
        .isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void slowerByALimitTakesTheNearEnd() {
    assertThat(new Family(List.of(ratio(Math.log(1.2), 0.13)), FLOOR).slowerBy(0.05))
        .containsExactly(true);
    assertThat(new Family(List.of(ratio(Math.log(1.2), 0.14)), FLOOR).slowerBy(0.05))
        .as("lower end 1.043")
        .containsExactly(false);
    assertThat(new Family(List.of(ratio(Math.log(0.5), 0.01)), FLOOR).slowerBy(0.05))
        .as("faster")
        .containsExactly(false);
    assertThat(new Family(List.of(new Unbounded(9)), FLOOR).slowerBy(0.05))
        .as("one fork")
        .containsExactly(false);
  }

  @Test
  void holmsExample() {
    assertThat(Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005, 0.9}))
        .containsExactly(new double[] {0.04, 0.09, 0.09, 0.025, 0.9}, within(1e-15));
    assertThat(Holm.adjusted(new double[0])).isEmpty();
    assertThat(Holm.adjusted(new double[] {0.6, 0.7})).containsExactly(1, 1);
  }

  @Test
  void theNoiseFloorIsWhatRunsAgainstThemselvesNeed() {
    List<Estimate> good = Collections.nCopies(39, ratio(0.01, 0.02));
    assertThat(NoiseFloor.of(good)).isEqualTo(new NoiseFloor(NoiseFloor.LEAST, 39));
    Estimate bad = ratio(Math.log(0.9), 0.05);
    double excess = Math.exp(-Math.log(0.9) - 0.05) - 1;

    assertThat(NoiseFloor.of(with(good, bad)).difference())
        .as("2.5% of them are no reason")
        .isEqualTo(NoiseFloor.LEAST);
    assertThat(NoiseFloor.of(with(good.subList(0, 10), bad)).difference())
        .as("of 11 the largest")
        .isCloseTo(excess, within(1e-6));
    assertThat(NoiseFloor.of(List.of(new Unbounded(2)))).isEqualTo(FLOOR);
    assertThatIllegalArgumentException().isThrownBy(() -> NoiseFloor.given(-0.1));
  }

  private static List<Estimate> with(List<Estimate> some, Estimate another) {
    return Stream.concat(some.stream(), Stream.of(another)).toList();
  }

  @Test
  void halvesOfARunThatSlowsDownDiffer() {
    Inference inference = new Inference(ForkLevel.MEDIAN);
    Forks slowing =
        new Forks(
            Stream.of(1.0, 1.01, 1.02, 9.0, 1.2, 1.21, 1.22).map(t -> new double[] {t}).toList());
    Estimate halves = NoiseFloor.halves(inference, slowing).getFirst();
    assertThat(halves.value())
        .isCloseTo(Math.cbrt(1.2 * 1.21 * 1.22 / (1.01 * 1.02)), within(1e-9));
    assertThat(NoiseFloor.of(List.of(halves)).difference()).isGreaterThan(0.1);
    assertThat(NoiseFloor.halves(inference, slowing.range(0, 5))).isEmpty();
  }

  @Test
  void blocksAreComparedWithThemselvesForkByFork() {
    Inference inference = new Inference(ForkLevel.MEDIAN);
    Forks warming = new Forks(List.of(new double[] {1.1}, new double[] {1}));
    Forks steady = new Forks(List.of(new double[] {2}, new double[] {2}));
    Blocks blocks = new Blocks(Collections.nCopies(3, new Blocks.Block(warming, steady)));
    assertThat(NoiseFloor.within(inference, blocks))
        .extracting(Estimate::value)
        .satisfiesExactly(
            subject -> assertThat(subject).isCloseTo(1 / 1.1, within(1e-9)),
            baseline -> assertThat(baseline).isEqualTo(1));
  }
}
