package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.ChildJvm.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The order of the emulated cuBLAS is revealed as its source (gpu/emulator/cublas/product.h) has
 * it, and that of the kernels of {@code cuda} as canonical arithmetic has it.
 */
final class EmulatedOrderTest {

  @TempDir Path folder;

  /** The kernels of {@code cuda} at sizes that no tile divides. */
  @Test
  void cudaIsOneAscendingChainOfFma() throws Exception {
    assumeTrue(EmulatedMachine.whyNone().isEmpty(), EmulatedMachine.whyNone());
    Run run =
        new EmulatedMachine(folder)
            .run(
                Lockstep.class,
                List.of(
                    "order",
                    "--backends",
                    "cuda",
                    "--shape",
                    "1x1021x7,1021x1x33,7x33x250,33x7x1021,129x250x1"));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("Verdict: AGREES. The order of 15 of 15 products is known")
        .contains("CUDA EMULATED on the CPU: nothing was tested on a GPU.");
    assertThat(run.out().lines().filter(line -> line.startsWith("  all") || line.contains("row ")))
        .hasSize(15)
        .allSatisfy(line -> assertThat(line).containsPattern(": one (chain of \\d+ fma|product)$"));
  }

  @Tag("thorough")
  @Test
  void revealsTheOrderOfTheEmulatedDevice() throws Exception {
    assumeTrue(EmulatedMachine.whyNone().isEmpty(), EmulatedMachine.whyNone());
    Path json = folder.resolve("order.json");
    Run run =
        new EmulatedMachine(folder)
            .run(
                Lockstep.class,
                List.of(
                    "order",
                    "--backends",
                    "cuda,cublas,cublas-tf32,cublas-bf16",
                    "--shape",
                    "33x129x65,1x33x250",
                    "--json",
                    json.toString()));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("cuda (EMULATED), ATB 1 x 33 x 250: AGREES (bits, own order");
    JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
    Schemas.requireExactly("order", report);
    for (JsonNode product : report.get("products")) {
      String backend = product.get("backend").asString();
      boolean whole = product.get("m").asInt() == 33;
      String rounding =
          product.get("backend").asString().matches("cuda|cublas") ? "fma" : "exact products";
      List<String> words =
          product.get("trees").valueStream().map(tree -> tree.get("words").asString()).toList();
      String cut = whole ? "chains of 32 and 33" : "2 chains of 125";
      cut += " consecutive terms, " + rounding + ", added";
      if (backend.equals("cuda")) {
        assertThat(words).containsExactly("one chain of " + product.get("k").asInt() + " fma");
      } else if (whole) {
        assertThat(words)
            .containsExactly(
                "4 chains of k mod 4, " + rounding + ", added pairwise, neighbours first", cut);
        JsonNode tile = product.at("/trees/0/blocks");
        assertThat(tile).hasSize(1);
        assertThat(tile.at("/0/rows/0/last").asInt()).isEqualTo(31);
        assertThat(tile.at("/0/columns/0/last").asInt()).isEqualTo(127);
      } else {
        assertThat(words).containsExactly(cut);
      }
      assertThat(product.at("/operands/a/fraction-bits").asInt())
          .isEqualTo(backend.equals("cublas-tf32") ? 10 : backend.equals("cublas-bf16") ? 7 : 23);
    }
  }
}
