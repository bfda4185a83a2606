package dev.lockstep.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxTest {

  @TempDir Path root;

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> answers() {
    Linux machine = new Linux(root);
    return List.of(
        machine.processor(),
        machine.memory(),
        machine.load(),
        machine.nvidiaRelease(),
        machine.largePages(),
        machine.caches());
  }

  @Test
  void anEmptyMachineSaysOfEachFileThatItCannotBeRead() {
    assertThat(answers())
        .hasSize(6)
        .allSatisfy(answer -> assertThat(answer).contains("not readable (" + root));
  }

  @Test
  void featuresThatMatter() throws IOException {
    assertThat(new Linux(root).features()).contains("cpuinfo");
    file("proc/cpuinfo", "flags\t\t: fpu fma nopl avx2 avx512_bf16 avx2x\n");
    assertThat(new Linux(root).features()).isEqualTo("avx2 fma avx512_bf16");
  }

  @Test
  void filesThatSayNothingAreNamed() throws IOException {
    file("proc/cpuinfo", "");
    file("proc/meminfo", "MemFree: 1 kB");
    file("proc/loadavg", "");
    file("proc/driver/nvidia/version", "none");
    file("sys/kernel/mm/transparent_hugepage/enabled", "");
    Files.createDirectories(root.resolve("sys/devices/system/cpu/cpu0/cache"));
    assertThat(answers().get(0)).contains("not said by " + root.resolve("proc/cpuinfo"));
    assertThat(answers().get(1)).contains("not said by " + root.resolve("proc/meminfo"));
    assertThat(answers().get(3)).contains("not said by " + root);
    assertThat(answers().get(5)).contains("not said by " + root);
  }

  @Test
  void whatLinuxSaysIsReadByName() throws IOException {
    file("proc/cpuinfo", "cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: Some Processor\n");
    file("proc/meminfo", "MemTotal:       24619012 kB\n");
    file("proc/loadavg", "0.50 1.25 2.00 1/234 5678\n");
    file("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX  570.86.15  Tue\n");
    file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    for (String[] index : new String[][] {{"0", "Data", "1", "32K"}, {"1", "Unified", "2", "1M"}}) {
      String folder = "sys/devices/system/cpu/cpu0/cache/index" + index[0];
      file(folder + "/type", index[1]);
      file(folder + "/level", index[2]);
      file(folder + "/size", index[3]);
    }
    assertThat(answers())
        .containsExactly(
            "Some Processor (family 25, model 17)",
            "24619012 kB",
            "0.50 1.25 2.00",
            "570.86.15",
            "on request, which Lockstep makes",
            "L1d 32K, L2 1M");
  }
}
