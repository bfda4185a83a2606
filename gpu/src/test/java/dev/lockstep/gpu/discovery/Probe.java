package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.machine.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

/**
 * What a JVM of its own finds and loads: arguments are the folder in place of {@code /usr/local}
 * and what to do. A library once loaded stays, so every machine needs a JVM.
 */
final class Probe {

  private Probe() {}

  public static void main(String[] arguments) throws Exception {
    Path local = Path.of(arguments[0]);
    CudaMachine machine = OtherMachine.seen(System.getenv(), local);
    try {
      switch (arguments[1]) {
        case "look" -> System.out.print(OtherMachine.look(machine, Integer.parseInt(arguments[2])));
        case "driver" -> driver(machine);
        case "cublas" -> cublas(machine);
        case "cublas-after" -> {
          NativeLibrary.open(arguments[2]);
          NativeLibrary.open(arguments[3]);
          cublas(machine);
        }
        case "end-early" -> {
          System.out.println("made: " + Files.exists(made(machine)));
          System.exit(0);
        }
        case "hold" -> {
          System.out.println(made(machine));
          Thread.sleep(Duration.ofHours(1));
        }
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    } catch (UnavailableException e) {
      System.out.print("failed: " + OtherMachine.line(e.availability()));
    }
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("user.home")))) {
      left.forEach(file -> System.out.println("left in home: " + file));
    }
  }

  /** Makes a file in a folder that is to be removed at the end. */
  private static Path made(CudaMachine machine) throws IOException {
    Path folder =
        TemporaryFolder.createIn(JniPlacement.parents(machine.environment()).getFirst()).path();
    return Files.write(folder.resolve("file"), new byte[7]);
  }

  private static void driver(CudaMachine machine) {
    CudaNatives.loadDriver(machine);
    CudaNatives.loadDriver(machine);
    int[] version = new int[1];
    int status = JCudaDriver.cuDriverGetVersion(version);
    System.out.println("JCudaDriver: status " + status + ", version " + version[0]);
  }

  private static void cublas(CudaMachine machine) {
    CudaNatives.loadCublas(machine);
    CudaNatives.loadCublas(machine);
    int major = machine.cublas().chosen().orElseThrow().major();
    System.out.println(
        "loaded: " + NativeLibrary.loadedFile(CublasCandidate.soname(major)).orElseThrow());
    cublasHandle handle = new cublasHandle();
    System.out.println("cublasCreate: " + JCublas2.cublasCreate(handle));
    int[] version = new int[1];
    int status = JCublas2.cublasGetVersion(handle, version);
    System.out.println("cublasGetVersion: status " + status + ", version " + version[0]);
  }
}
