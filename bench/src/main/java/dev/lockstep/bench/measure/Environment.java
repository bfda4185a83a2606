package dev.lockstep.bench.measure;

import dev.lockstep.bench.Candidate;
import dev.lockstep.bench.doctor.Surroundings;
import dev.lockstep.bench.sensors.Sensors;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a run's results depend on: the machine, versions, and its state before and after. */
final class Environment {
  /** The folder of the program's archive, or its classes. */
  private static final Path PROGRAM =
      Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().getPath())
          .toAbsolutePath()
          .resolveSibling("");

  /** Variables that change how fast something is; all others are nobody's business. */
  private static final List<String> VARIABLES =
      List.of(
          "CUDA_VISIBLE_DEVICES",
          "CUDA_DEVICE_ORDER",
          "CUDA_LAUNCH_BLOCKING",
          "NVIDIA_TF32_OVERRIDE",
          "CUBLAS_WORKSPACE_CONFIG",
          "OMP_NUM_THREADS",
          "OPENBLAS_NUM_THREADS",
          "OPENBLAS_CORETYPE",
          "OPENBLAS_L2_SIZE",
          "MKL_NUM_THREADS",
          "MKL_ENABLE_INSTRUCTIONS",
          "GLIBC_TUNABLES",
          "LOCKSTEP_JAVA_OPTS",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS");

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Surroundings surroundings;
  private final Sensors sensors;

  /**
   * Looks, before anything is measured.
   *
   * @param device number of the CUDA device that is used, if there is one
   */
  Environment(List<Candidate> backends, int device) {
    CudaMachine machine = CudaMachine.look();
    surroundings = Surroundings.of(machine, backends);
    sensors = sensors(machine, device);
    facts.putAll(surroundings.facts());
    facts.put(
        "collector",
        String.join(
            ", ",
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(bean -> bean.getName())
                .toList()));
    facts.put("commit", commit());
    for (String name : VARIABLES) {
      String value = System.getenv(name);
      if (value != null) {
        facts.put("variable " + name, value);
      }
    }
    facts.put("load before", Linux.here().load());
    sensors.readings().forEach((name, reading) -> facts.put(name + " before", reading.toString()));
  }

  /** Looks again, after everything was. */
  void after() {
    facts.put("load after", Linux.here().load());
    sensors.readings().forEach((name, reading) -> facts.put(name + " after", reading.toString()));
  }

  private static Sensors sensors(CudaMachine machine, int device) {
    if (machine.driver() instanceof CudaDriver.Working working) {
      for (CudaDevice each : working.devices()) {
        if (each.ordinal() == device) {
          return Sensors.ofThisMachine(each);
        }
      }
    }
    return Sensors.ofThisMachine();
  }

  /** By name. */
  Map<String, String> facts() {
    return facts;
  }

  ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ObjectNode node = json.putObject("environment");
    facts.forEach(node::put);
    json.set("backends", surroundings.json().get("backends"));
    return json;
  }

  /** The commit that the classes were built from, as far as the checkout beside them tells. */
  private static String commit() {
    String head = git("rev-parse", "HEAD");
    if (head.isEmpty()) {
      return "not known: no checkout beside the program";
    }
    return head + (git("status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : ", dirty");
  }

  private static String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", PROGRAM.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(10, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? said.strip() : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
