package dev.lockstep.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Work.CacheState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastLevelCacheTest {

  @TempDir Path root;

  private Path cpus() {
    return new Linux(root).processors();
  }

  private void cache(String cpu, int index, int level, String size, String shared)
      throws IOException {
    Path folder = Files.createDirectories(cpus().resolve(cpu).resolve("cache/index" + index));
    Files.writeString(folder.resolve("level"), level + "\n");
    Files.writeString(folder.resolve("size"), size + "\n");
    Files.writeString(folder.resolve("shared_cpu_list"), shared + "\n");
  }

  @Test
  void theOutermostAreCountedOnceForAllThatShareThem() throws IOException {
    for (int cpu = 0; cpu < 4; cpu++) {
      cache("cpu" + cpu, 0, 1, "32K", String.valueOf(cpu));
      cache("cpu" + cpu, 3, 3, "32768K", cpu < 2 ? "0-1" : "2-3");
    }
    Files.createDirectories(cpus().resolve("cpufreq/cache/index0"));
    LastLevelCache cache = LastLevelCache.of(new Linux(root)).orElseThrow();
    assertThat(cache).isEqualTo(new LastLevelCache(32 << 20, 2));
    assertThat(cache.reachableBy(1)).isEqualTo(32 << 20);
    assertThat(cache.reachableBy(2)).isEqualTo(64 << 20);
    assertThat(cache.reachableBy(33)).isEqualTo(64 << 20);
  }

  @Test
  void aMachineThatDoesNotSayHasNone() throws IOException {
    assertThat(LastLevelCache.of(new Linux(root))).isEmpty();
    Files.createDirectories(cpus().resolve("cpu0"));
    assertThat(LastLevelCache.of(new Linux(root))).isEmpty();
    Files.createDirectories(cpus().resolve("cpu0/cache/index0"));
    assertThat(LastLevelCache.of(new Linux(root))).isEmpty();
    cache("cpu0", 0, 1, "some", "0");
    assertThat(LastLevelCache.of(new Linux(root))).isEmpty();
    cache("cpu0", 1, 2, "1M", "0");
    assertThat(LastLevelCache.of(new Linux(root))).hasValue(new LastLevelCache(1 << 20, 1));
  }

  @Test
  void coldSetsAreTwiceTheCache() {
    assertThat(CacheState.WARM.sets(1 << 20, 7)).isEqualTo(1);
    assertThat(CacheState.COLD.sets(1 << 20, 1 << 10)).isEqualTo(2048);
    assertThat(CacheState.COLD.sets(1 << 20, 1021)).isEqualTo(2055);
    assertThat(CacheState.COLD.sets(1 << 20, 1 << 30)).isEqualTo(2);
  }
}
