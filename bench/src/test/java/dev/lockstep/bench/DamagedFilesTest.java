package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.convert.OldMapFuzz;
import dev.lockstep.bench.convert.OldRunFuzz;
import dev.lockstep.bench.external.AnswerFuzz;
import dev.lockstep.bench.measure.RunFuzz;
import dev.lockstep.bench.suite.SuiteFuzz;
import dev.lockstep.bench.train.CheckpointFuzz;
import dev.lockstep.fuzz.Damage;
import dev.lockstep.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fuzz target of this module, with {@link Damage} to what is sound, in every build. */
final class DamagedFilesTest {

  static Stream<FuzzTarget> targets() {
    return Stream.<FuzzTarget[]>of(
            RunFuzz.values(),
            CheckpointFuzz.values(),
            SuiteFuzz.values(),
            ReportFuzz.values(),
            OldRunFuzz.values(),
            OldMapFuzz.values(),
            AnswerFuzz.values())
        .flatMap(Arrays::stream);
  }

  /** The files that everything else of a run hangs on get every damage. */
  @ParameterizedTest
  @MethodSource("targets")
  void damaged(FuzzTarget target) throws IOException {
    boolean every = Set.of(RunFuzz.MANIFEST, RunFuzz.VERIFY, RunFuzz.ENVIRONMENT).contains(target);
    for (byte[] seed : target.seeds()) {
      if (every) {
        Damage.each(seed, target);
      } else {
        Damage.some(seed, target);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsShownIsReadIfItIsSound(ReportFuzz target) {
    target.accept(target.seeds().getFirst());
    target.sound();
    assertThat(target.seeds().getFirst().length).isLessThan(ReportFuzz.LONGEST);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void isFuzzed(FuzzTarget target) throws IOException {
    String name = ((Enum<?>) target).getDeclaringClass().getName();
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsAnyOf(">" + name + "<", ">" + name + "#" + target + "<");
  }
}
