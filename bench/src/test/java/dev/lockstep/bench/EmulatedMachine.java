package dev.lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts JVMs that find the emulated CUDA device as they would find a real one. */
public final class EmulatedMachine {

  /** Where the build of the module gpu leaves it. */
  private static final Path DEVICE = Path.of("../gpu/target/emulated").toAbsolutePath().normalize();

  private final ChildJvm jvm;

  /**
   * With a folder for what programs write, and at most the heap that the launcher gives a check.
   */
  public EmulatedMachine(Path folder) {
    jvm =
        new ChildJvm(folder)
            .with("-Xmx768m")
            .set("COLUMNS", "200") // so that sentences stay on one line
            .set("LD_LIBRARY_PATH", DEVICE + ":" + DEVICE.resolve("cuda12"))
            .set("LOCKSTEP_CUBLAS", DEVICE.resolve("cuda12/libcublas.so.12").toString());
  }

  /** Why there is none here, to skip with; empty if there is one. */
  public static String whyNone() {
    return Files.exists(DEVICE.resolve("stamp"))
        ? ""
        : "skipped: the module gpu has left no emulated CUDA device in " + DEVICE;
  }

  /** Sets a property of the device. */
  public EmulatedMachine set(String name, String value) {
    jvm.set(name, value);
    return this;
  }

  /** Runs the main method of a class. */
  public ChildJvm.Run run(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    return jvm.run(main, arguments);
  }
}
