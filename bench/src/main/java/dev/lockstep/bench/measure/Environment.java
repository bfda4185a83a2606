package dev.lockstep.bench.measure;

import dev.lockstep.bench.sensors.Sensors;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Commit;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The environment of a run: the machine, versions, load and sensor readings before and after. */
final class Environment {
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Surroundings surroundings;
  private final Sensors sensors;

  /**
   * Records the environment before anything is measured.
   *
   * @param device ordinal of the CUDA device in use; ignored without CUDA
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
    facts.put("commit", Commit.text());
    facts.put("load before", Linux.here().load());
    sensors.readings().forEach((name, reading) -> facts.put(name + " before", reading.toString()));
  }

  /** Records one more fact. */
  void add(String name, String fact) {
    facts.put(name, fact);
  }

  /** Records load and sensors after everything was measured. */
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

  /** Returns the facts by name. */
  Map<String, String> facts() {
    return facts;
  }

  /** Returns what each backend can do on this machine. */
  JsonNode backends() {
    return surroundings.json().path("backends");
  }
}
