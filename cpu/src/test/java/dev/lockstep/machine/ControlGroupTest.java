package dev.lockstep.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlGroupTest {

  @TempDir Path root;

  private void file(String name, String content) throws Exception {
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), content);
  }

  private String limits() {
    ControlGroup group = new ControlGroup(root);
    return group.memory() + ", " + group.processors();
  }

  @Test
  void withoutAny() throws Exception {
    assertThat(limits()).isEqualTo("none, none");
    file("proc/self/cgroup", "0::/a\n");
    file("sys/fs/cgroup/a/memory.max", "max\n");
    file("sys/fs/cgroup/a/cpu.max", "max 100000\n");
    assertThat(limits()).isEqualTo("none, none");
    file("proc/self/cgroup", "nonsense\n0:::::\n0::/../../..\n");
    file("sys/fs/cgroup/memory.max", "-5 what");
    file("sys/fs/cgroup/cpu.max", "1 0");
    assertThat(limits()).isEqualTo("none, none");
  }

  @Test
  void theLeastOfAllGroupsAbove() throws Exception {
    file("proc/self/cgroup", "0::/a/b\n");
    file("sys/fs/cgroup/a/b/memory.max", "max");
    file("sys/fs/cgroup/a/memory.max", "314572800\n");
    file("sys/fs/cgroup/memory.max", "1073741824\n");
    file("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
    assertThat(limits()).isEqualTo("300 MiB, 1.50 processors");
  }

  /** What /proc names may not be there in a container; the root of its mount is the group. */
  @Test
  void versionOne() throws Exception {
    file("proc/self/cgroup", "4:memory:/docker/x\n1:cpu,cpuacct:/docker/x\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    file("sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "9223372036854771712\n");
    file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assertThat(limits()).isEqualTo("512 MiB, 0.50 processors");
  }
}
