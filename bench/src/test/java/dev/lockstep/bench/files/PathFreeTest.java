package dev.lockstep.bench.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What shared results keep of paths. */
final class PathFreeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/home/somebody/results/run | run",
        "cuBLAS (/opt/somebody/lib/libcublas.so.12) | cuBLAS (libcublas.so.12)",
        "FILE=/home/a/b:/home/c | FILE=b:c",
        "/dev/shm/somebody/x | x",
        "/proc/1234/cwd/secret | secret",
        "/proc/self/root/home/x | x",
        "/sys/fs/cgroup/user.slice/user-1000.slice/x | x",
        "/devices/x | x",
        "//home//somebody/x | x",
        "file:///home/somebody/x | file:x",
        "/usr/lib/jvm/mine | mine",
        "/home/somebody/dev/nvidia0 | nvidia0",
      })
  void whatMayNameAUserIsStripped(String text, String stripped) {
    assertThat(PathFree.text(text)).isEqualTo(stripped);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(to see more: ls /dev/nvidia*)",
        "ls -l /dev/nvidiactl; ls -l /dev/dxg /usr/lib/wsl/lib/libcuda.so.1",
        "cat /proc/driver/nvidia/version; cat /etc/ld.so.conf.d/ld.wsl.conf",
        "below /sys/devices/system/cpu, so",
        "3/4 of a/b and https://example.com/x",
        "`docker run --gpus all`"
      })
  void whatIsTheSameForEverybodyStays(String text) {
    assertThat(PathFree.text(text)).isEqualTo(text);
  }
}
