package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which tile is chosen, and that tiles are what the kernels' names and blocks say. */
final class TileTest {

  /** Of a Hopper GPU. */
  private static final int MULTIPROCESSORS = 132;

  private static final Pattern ENTRY =
      Pattern.compile("\\.entry (gemm_\\w+)\\([^)]*\\)\\s*\\.maxntid (\\d+), (\\d+), (\\d+)");

  /** What gemm.cuh says each is for. */
  @ParameterizedTest
  @CsvSource({
    "4096, 4096, 4096, LARGE",
    "16384, 16384, 256, LARGE",
    "1024, 1024, 1024, MEDIUM",
    "64, 1024, 1024, SMALL",
    "64, 4096, 784, SMALL",
    "64, 10, 4096, TINY",
    "1, 1, 32768, TINY",
    "33, 129, 7, TINY"
  })
  void theOneThatSuitsTheShape(int m, int n, int k, Tile expected) {
    for (ProductForm form : ProductForm.values()) {
      assertThat(Tile.of(new ProductShape(form, m, n, k), MULTIPROCESSORS)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void blocksCoverTheOutputAndNoMore(Tile tile) {
    int[] sizes = {1, 7, 15, 16, 17, 33, 64, 127, 128, 129, 250, 1021, 32768, 46341};
    for (int m : sizes) {
      for (int n : sizes) {
        ProductShape shape = new ProductShape(ProductForm.AB, m, n, 1);
        long down = (m + tile.rows() - 1L) / tile.rows();
        long across = (n + tile.columns() - 1L) / tile.columns();
        assertThat(down * tile.rows()).isBetween((long) m, m + tile.rows() - 1L);
        assertThat(across * tile.columns()).isBetween((long) n, n + tile.columns() - 1L);
        assertThat(tile.blocks(shape)).as("%s of %s", tile, shape).isEqualTo(down * across);
      }
    }
  }

  /** A grid's first dimension; the largest outputs a device can hold, and longest of each side. */
  @ParameterizedTest
  @CsvSource({
    "32768, 32768",
    "262144, 262144",
    "1048576, 65536",
    "2147483647, 1",
    "1, 2147483647",
    "2147483647, 33",
    "33, 2147483647"
  })
  void blocksFitAGrid(int m, int n) {
    ProductShape shape = new ProductShape(ProductForm.ATB, m, n, 33);
    for (int multiprocessors : new int[] {1, 4, MULTIPROCESSORS, 1000}) {
      Tile tile = Tile.of(shape, multiprocessors);
      assertThat(tile.blocks(shape))
          .as("%s of %s, %d multiprocessors", tile, shape, multiprocessors)
          .isBetween(1L, (long) Integer.MAX_VALUE);
    }
  }

  /** A kernel for each form and tile, no other, and of as many threads. */
  @Test
  void tilesAreThoseOfTheKernels() {
    Map<String, Integer> expected = new TreeMap<>();
    for (String form : new String[] {"ab", "abt", "atb"}) {
      for (Tile tile : Tile.values()) {
        expected.put(
            String.format(Locale.ROOT, "gemm_%s_%dx%d", form, tile.rows(), tile.columns()),
            tile.threads());
      }
    }
    Map<String, Integer> actual = new TreeMap<>();
    Matcher entry = ENTRY.matcher(Kernels.ptx());
    while (entry.find()) {
      assertThat(entry.group(3) + entry.group(4)).as("%s is flat", entry.group(1)).isEqualTo("11");
      actual.put(entry.group(1), Integer.valueOf(entry.group(2)));
    }
    assertThat(actual).isEqualTo(expected);
  }
}
