package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed PTX is what the compiler makes of the kernels beside it. */
final class PtxSourceTest {

  private static final Path SOURCES = Path.of("src", "main", "cuda");
  private static final Path RESOURCE = Path.of("resources/dev/lockstep/gpu/kernel/lockstep.ptx");
  private static final String RELEASE = "// nvcc ";

  private record Result(int status, String output) {}

  @Test
  void theSameCompilerMakesTheSameText() throws Exception {
    String compiler = release();
    String committed =
        Kernels.ptx()
            .lines()
            .filter(line -> line.startsWith(RELEASE))
            .findFirst()
            .orElseThrow()
            .substring(RELEASE.length());
    assumeTrue(
        compiler.contains(committed),
        () ->
            String.format(
                Locale.ROOT,
                "the PTX was made by nvcc %s; here is %s",
                committed,
                compiler.isEmpty() ? "none" : compiler));
    Result made = run(SOURCES.resolve("ptx.sh").toString(), "--print");
    assertThat(made.status()).as(made.output()).isZero();
    assertThat(made.output())
        .as("lockstep.ptx; to make it anew run gpu/src/main/cuda/ptx.sh")
        .isEqualTo(Kernels.ptx());
  }

  @Test
  void theDigestFollowsEverySourceAndTheText(@TempDir Path folder) throws Exception {
    Path sources = folder.resolve("cuda");
    copy(SOURCES, sources);
    Path resource = folder.resolve(RESOURCE);
    Files.createDirectories(resource.getParent());
    Files.writeString(resource, Kernels.ptx());
    String check = sources.resolve("ptx.sh").toString();
    assertThat(run(check, "--check")).isEqualTo(new Result(0, ""));

    for (Path source : files(sources)) {
      if (source.toString().endsWith(".sh")) {
        continue;
      }
      String text = Files.readString(source);
      Files.writeString(source, text + "// altered\n");
      assertStale(run(check, "--check"), source);
      Files.writeString(source, text);
    }
    Files.writeString(sources.resolve("gemm/added.cuh"), "#pragma once\n");
    assertStale(run(check, "--check"), sources);
    Files.delete(sources.resolve("gemm/added.cuh"));

    Files.writeString(resource, Kernels.ptx().replaceFirst("fma.rn.f32", "mul.rn.f32"));
    assertStale(run(check, "--check"), resource);
    Files.delete(resource);
    assertStale(run(check, "--check"), resource);
  }

  private static void assertStale(Result check, Path why) {
    assertThat(check.status()).as("%s altered", why).isOne();
    assertThat(check.output())
        .endsWith("run gpu/src/main/cuda/ptx.sh, which needs nvcc\n")
        .hasLineCount(1);
  }

  /** What nvcc says of itself; empty where there is none. */
  private static String release() throws InterruptedException {
    try {
      String nvcc = System.getenv().getOrDefault("NVCC", "nvcc");
      return run(nvcc, "--version").output();
    } catch (IOException absent) {
      return "";
    }
  }

  private static Result run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return new Result(process.waitFor(), output);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      Path target = to.resolve(from.relativize(file).toString());
      try {
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
