package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every function on every float: the error bounds that its Javadoc quotes, and scalar against SIMD.
 * Some minutes in all: {@code mvn -Pexhaustive -pl cpu test -Dtest=ElementaryExhaustiveTest}.
 */
@Tag("exhaustive")
class ElementaryExhaustiveTest {

  private static final int THREADS = 2;

  /** Arguments computed at a time: a multiple of the lanes of every SIMD species. */
  private static final int BLOCK = 1 << 12;

  /** Arguments of one task: all that share their sign and the upper seven bits of the exponent. */
  private static final int SLICE = 1 << 24;

  @ParameterizedTest
  @EnumSource
  void allFloats(ElementaryFunction function) throws InterruptedException, ExecutionException {
    Worst worst = Worst.NONE;
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Worst>> slices = new ArrayList<>();
      for (int slice = 0; slice < (1 << 8); slice++) {
        int first = slice * SLICE;
        slices.add(executor.submit(() -> worstOfSlice(function, first)));
      }
      for (Future<Worst> slice : slices) {
        worst = worst.or(slice.get());
      }
    }
    // Surefire shows no entry of a TestReporter.
    System.out.println(function + ": at most " + worst);
    assertThat(worst.ulps()).as("%s: %s", function, worst).isLessThanOrEqualTo(function.bound());
  }

  private static Worst worstOfSlice(ElementaryFunction function, int first) {
    float[] arguments = new float[BLOCK];
    float[] simd = new float[BLOCK];
    Worst worst = Worst.NONE;
    for (int block = 0; block < SLICE; block += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        arguments[i] = Float.intBitsToFloat(first + block + i);
      }
      function.simd(arguments, 0, simd);
      for (int i = 0; i < BLOCK; i++) {
        float x = arguments[i];
        float result = function.scalar(x);
        if (Float.floatToRawIntBits(result) != Float.floatToRawIntBits(simd[i])) {
          throw new AssertionError(
              String.format(
                  Locale.ROOT,
                  "%s(%s): scalar %s, SIMD %s",
                  function,
                  Worst.bits(x),
                  Worst.bits(result),
                  Worst.bits(simd[i])));
        }
        worst = worst.or(Worst.of(x, result, function.reference(x)));
      }
    }
    return worst;
  }
}
