package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.machine.NativeLibrary;
import dev.lockstep.machine.NvidiaFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
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
    Environment environment =
        new Environment(System.getenv(), local, new NvidiaFiles(local.resolveSibling("root")));
    CudaMachine machine = CudaMachine.look(environment, "Linux", "amd64");
    try {
      switch (arguments[1]) {
        case "look" -> look(machine, Integer.parseInt(arguments[2]));
        case "open" ->
            System.out.println(
                "opening: "
                    + machine
                        .opening(Integer.parseInt(arguments[2]))
                        .map(found -> found.trouble() + " | " + found.unavailable())
                        .orElse("done"));
        case "driver" -> driver(machine);
        case "cublas" -> cublas(machine);
        case "cublas-after" -> {
          NativeLibrary.open(arguments[2]);
          NativeLibrary.open(arguments[3]);
          cublas(machine);
        }
        case "end-early" -> {
          System.out.println("made: " + Files.exists(made(environment)));
          System.exit(0);
        }
        case "hold" -> {
          System.out.println(made(environment));
          Thread.sleep(Duration.ofHours(1));
        }
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    } catch (UnavailableException e) {
      print("failed", e.availability());
    }
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("user.home")))) {
      left.forEach(file -> System.out.println("left in home: " + file));
    }
  }

  /** Makes a file in a folder that is to be removed at the end. */
  private static Path made(Environment environment) throws IOException {
    Path folder = TemporaryFolder.createIn(JniPlacement.parents(environment).getFirst()).path();
    return Files.write(folder.resolve("file"), new byte[7]);
  }

  private static void look(CudaMachine machine, int device) {
    System.out.println("driver: " + machine.driver());
    if (machine.driver() instanceof CudaDriver.Working working) {
      working.devices().forEach(each -> System.out.println("bus: " + each.pciBus()));
    }
    print("kernels", machine.kernels(device));
    print("products", machine.products(device, CudaMachine.OLDEST_DEVICE));
    print("tensor cores", machine.products(device, CudaMachine.AMPERE));
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

  private static void print(String label, Availability availability) {
    String kind =
        switch (availability) {
          case Availability.Available available ->
              String.format(
                  Locale.ROOT, "AVAILABLE %s %s", available.hardware(), available.detail());
          case Availability.Unavailable(Availability.Reason reason, String remedy) ->
              reason.kind() + " | " + reason.sentence() + " | " + remedy;
          case Availability.Unsupported(Availability.Reason reason) ->
              reason.kind() + " | " + reason.sentence();
        };
    System.out.println(label + ": " + kind);
  }
}
