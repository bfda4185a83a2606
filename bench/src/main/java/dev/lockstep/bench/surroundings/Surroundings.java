package dev.lockstep.bench.surroundings;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramBackend;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.gpu.discovery.CublasCandidate;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import dev.lockstep.machine.RecordedVariables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The environment that results depend on: hardware and versions. It contains nothing that
 * identifies the machine, its users or their folders.
 *
 * @param facts facts by name, the most important first
 * @param backends all backends with their availability
 */
public record Surroundings(Map<String, String> facts, List<Candidate> backends) {

  /** The prefix of the names of facts about programs. */
  public static final String PROGRAM = "program ";

  /** The prefix of the names of facts about environment variables. */
  public static final String VARIABLE = "variable ";

  /** Collects the facts. */
  public static Surroundings of(CudaMachine machine, List<Candidate> backends) {
    Map<String, String> facts = new LinkedHashMap<>();
    Linux linux = Linux.here();
    cuda(machine, facts);
    facts.put("JDK", Runtime.version() + ", " + System.getProperty("java.vendor"));
    facts.put("processor", linux.processor());
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("caches", linux.caches());
    facts.put("memory", linux.memory());
    facts.put("large pages", linux.largePages());
    facts.put("vectors", FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits");
    for (Candidate backend : backends) {
      if (backend.backend() instanceof ProgramBackend program && backend.available()) {
        facts.put(PROGRAM + backend.name(), program.description(new Resources(1)));
      }
    }
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    RecordedVariables.ofThisProcess()
        .values()
        .forEach((name, value) -> facts.put(VARIABLE + name, PathFree.text(value)));
    return new Surroundings(facts, List.copyOf(backends));
  }

  private static void cuda(CudaMachine machine, Map<String, String> facts) {
    switch (machine.driver()) {
      case CudaDriver.Absent absent -> facts.put("GPU", "none: " + absent.why());
      case CudaDriver.Failing failing -> facts.put("GPU", "none: " + failing.why());
      case CudaDriver.Working working -> {
        for (CudaDevice device : working.devices()) {
          facts.put("GPU " + device.ordinal(), working.label() + device);
        }
        facts.put("CUDA of the driver", working.version().toString());
        facts.put(
            "NVIDIA driver",
            working.hardware() == Hardware.EMULATED
                ? "none, EMULATED"
                : Linux.here().nvidiaRelease());
      }
    }
    facts.put(
        "cuBLAS",
        machine.cublas().chosen().map(CublasCandidate::version).orElse("none that can be used"));
  }

  /** Prints one line per fact and the lines of {@link #missing}. */
  public void print(Printer out) {
    Table table = new Table(1, List.of(Table.word(""), Table.text("")));
    facts.forEach(table::row);
    out.table(table, 0);
    missing(backends).forEach(line -> out.paragraph(line, 0, 4));
  }

  /** One line for each reason why backends cannot run, with their names. */
  public static List<String> missing(List<Candidate> backends) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Candidate backend : backends) {
      backend
          .verdict()
          .ifPresent(reason -> names.merge(reason, backend.name(), (a, b) -> a + ", " + b));
    }
    List<String> lines = new ArrayList<>();
    names.forEach((reason, who) -> lines.add(who + "  " + reason));
    return lines;
  }

  /** The facts and the backends as JSON. */
  public ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    facts.forEach(json.putObject("environment")::put);
    ArrayNode array = json.putArray("backends");
    for (Candidate backend : backends) {
      array
          .addObject()
          .put("name", backend.name())
          .put("kind", backend.kind().label())
          .put("hardware", backend.hardware().name())
          .put("availability", backend.verdict().orElse("AVAILABLE"));
    }
    return json;
  }
}
