package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.backend.CacheState;
import dev.lockstep.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastLevelCacheTest {

  @TempDir Path cpus;

  private void cache(String cpu, int index, int level, String size, String shared)
      throws IOException {
    Path folder = Files.createDirectories(cpus.resolve(cpu).resolve("cache/index" + index));
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
    Files.createDirectories(cpus.resolve("cpufreq/cache/index0"));
    LastLevelCache cache = LastLevelCache.below(cpus);
    assertThat(cache).isEqualTo(new LastLevelCache(32 << 20, 2));
    assertThat(cache.reachableBy(1)).isEqualTo(32 << 20);
    assertThat(cache.reachableBy(2)).isEqualTo(64 << 20);
    assertThat(cache.reachableBy(33)).isEqualTo(64 << 20);
  }

  @Test
  void aMachineThatDoesNotSayIsAFault() throws IOException {
    Files.createDirectories(cpus.resolve("cpu0"));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> LastLevelCache.below(cpus))
        .withMessageContaining("cache is not described");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> LastLevelCache.below(cpus.resolve("none")))
        .withMessageContaining("no such file or folder");
    cache("cpu0", 0, 1, "some", "0");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> LastLevelCache.below(cpus))
        .withMessageContaining("size of a cache is some, expected such as 32768K");
  }

  @Test
  void coldSetsAreTwiceTheCache() {
    assertThat(CacheState.WARM.sets(1 << 20, 7)).isEqualTo(1);
    assertThat(CacheState.COLD.sets(1 << 20, 1 << 10)).isEqualTo(2048);
    assertThat(CacheState.COLD.sets(1 << 20, 1021)).isEqualTo(2055);
    assertThat(CacheState.COLD.sets(1 << 20, 1 << 30)).isEqualTo(2);
  }
}
