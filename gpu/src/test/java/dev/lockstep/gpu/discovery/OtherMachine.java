package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.machine.NvidiaFiles;
import dev.lockstep.model.InheritedEncoding;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What this JVM says of a machine that has only the libraries, commands and variables it is given.
 * The driver runs in a process of its own, and nothing is loaded here.
 */
final class OtherMachine {

  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();

  /** A machine in a folder. */
  OtherMachine(Path folder) {
    this.folder = folder;
    variables.put("PATH", FakeLibraries.commands(folder).toString());
    InheritedEncoding.into(variables);
  }

  /** Sets a variable of its environment, which is empty otherwise. */
  OtherMachine with(String variable, Object value) {
    variables.put(variable, value.toString());
    return this;
  }

  private CudaMachine seen() {
    return seen(variables, folder.resolve("local"));
  }

  /**
   * A machine as this JVM finds it.
   *
   * @param local the folder in place of {@code /usr/local}
   */
  static CudaMachine seen(Map<String, String> variables, Path local) {
    Environment environment =
        new Environment(variables, local, new NvidiaFiles(local.resolveSibling("root")));
    return CudaMachine.look(environment, "Linux", "amd64");
  }

  /** What is found, a line each. */
  String look(int device) {
    return look(seen(), device);
  }

  static String look(CudaMachine machine, int device) {
    StringBuilder lines = new StringBuilder("driver: " + machine.driver() + "\n");
    if (machine.driver() instanceof CudaDriver.Working working) {
      working.devices().forEach(each -> lines.append("bus: " + each.pciBus() + "\n"));
    }
    return lines
        .append("kernels: " + line(machine.kernels(device)))
        .append("products: " + line(machine.products(device, CudaMachine.OLDEST_DEVICE)))
        .append("tensor cores: " + line(machine.products(device, CudaMachine.AMPERE)))
        .toString();
  }

  static String line(Availability availability) {
    return switch (availability) {
          case Availability.Available available ->
              String.format(
                  Locale.ROOT, "AVAILABLE %s %s", available.hardware(), available.detail());
          case Availability.Unavailable(Availability.Reason reason, String remedy) ->
              reason.kind() + " | " + reason.sentence() + " | " + remedy;
          case Availability.Unsupported(Availability.Reason reason) ->
              reason.kind() + " | " + reason.sentence();
        }
        + "\n";
  }

  /** What keeps a device from being used; {@code done} if it can be. */
  String open(int device) {
    return open(seen(), device);
  }

  /** As {@link #open(int)}, of a driver that may take some seconds to open the device. */
  String open(int device, int seconds) {
    CudaMachine machine = seen();
    Optional<String> before = Optional.ofNullable(System.getProperty(ProbeJvm.LIMIT_PROPERTY));
    System.setProperty(ProbeJvm.LIMIT_PROPERTY, String.valueOf(seconds));
    try {
      return open(machine, device);
    } finally {
      before.ifPresentOrElse(
          value -> System.setProperty(ProbeJvm.LIMIT_PROPERTY, value),
          () -> System.clearProperty(ProbeJvm.LIMIT_PROPERTY));
    }
  }

  private static String open(CudaMachine machine, int device) {
    return machine
        .opening(device)
        .map(found -> found.trouble() + " | " + found.unavailable())
        .orElse("done");
  }
}
