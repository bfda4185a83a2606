package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the device is not built, its tests say why they are skipped. */
final class EmulatedDeviceTest {

  private final @Nullable String folder = System.getProperty(EmulatedDevice.FOLDER);

  @AfterEach
  void restoreFolder() {
    if (folder == null) {
      System.clearProperty(EmulatedDevice.FOLDER);
    } else {
      System.setProperty(EmulatedDevice.FOLDER, folder);
    }
  }

  @Test
  void theReasonOfTheBuildIsPassedOn(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("unavailable.txt"), "it needs a C++ compiler\n");
    System.setProperty(EmulatedDevice.FOLDER, folder.toString());
    assertThat(EmulatedDevice.whyUnavailable())
        .contains("the emulated CUDA device is not built: it needs a C++ compiler");
    assertThatThrownBy(() -> EmulatedDevice.cublas(EmulatedDevice.Cublas.VERSION_12))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it needs a C++ compiler");
  }

  @Test
  void anEmptyFolderAndNoFolderAreReasonsToo(@TempDir Path folder) {
    System.setProperty(EmulatedDevice.FOLDER, folder.toString());
    assertThat(EmulatedDevice.whyUnavailable())
        .contains("there is no " + folder.resolve("libcuda.so.1"));
    System.clearProperty(EmulatedDevice.FOLDER);
    assertThat(EmulatedDevice.whyUnavailable())
        .contains("the system property lockstep.emulated.folder is not set");
  }
}
