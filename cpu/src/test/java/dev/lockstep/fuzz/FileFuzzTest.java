package dev.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.data.IdxFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sound files with {@link Damage}, in every build. */
final class FileFuzzTest {

  static Stream<FuzzTarget> targets() {
    return Stream.concat(Arrays.stream(FileFuzz.values()), Arrays.stream(IdxFuzz.values()));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void damaged(FuzzTarget target) throws IOException {
    for (byte[] seed : target.seeds()) {
      Damage.each(seed, target);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void isFuzzed(FuzzTarget target) throws IOException {
    String name = ((Enum<?>) target).getDeclaringClass().getName();
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsAnyOf(">" + name + "<", ">" + name + "#" + target + "<");
  }

  @Test
  void aNameChoosesATarget() throws IOException {
    String name = FileFuzz.class.getName();
    assertThat(FuzzTarget.named(name + "#CSV")).isSameAs(FileFuzz.CSV);
    FuzzTarget all = FuzzTarget.named(name);
    assertThat(all.seeds()).hasSizeGreaterThan(FileFuzz.values().length);
    for (byte[] seed : all.seeds()) {
      all.accept(seed);
    }
    for (String wrong : new String[] {name + "#NONE", "no.such.Fuzz", "java.lang.String"}) {
      assertThatThrownBy(() -> FuzzTarget.named(wrong)).hasMessageContaining(wrong);
    }
  }

  /** What is demanded can be seen to be broken. */
  @Test
  void aParserThatDoesWhatItMayNotIsSeen() {
    assertThat(catchThrowable(() -> Fuzzed.read(new byte[3], "", _ -> keep(new byte[64 << 20]))))
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("\\d+ bytes were allocated, at most .* for a file of 3");
    assertThat(
            catchThrowable(
                () ->
                    Fuzzed.read(
                        new byte[3],
                        "",
                        _ -> {
                          throw new ArrayIndexOutOfBoundsException(3);
                        })))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  private static void keep(byte[] array) {
    assertThat(array).isNotEmpty();
  }
}
