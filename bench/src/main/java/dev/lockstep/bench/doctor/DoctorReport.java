package dev.lockstep.bench.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.cpu.VectorBackend;
import dev.lockstep.gpu.discovery.CublasSearch;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDiagnosis;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.ControlGroup;
import dev.lockstep.machine.Linux;
import dev.lockstep.machine.RecordedVariables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * What doctor has found. {@link DoctorText} prints it; as JSON it is written as it stands.
 *
 * @param schema the version of the form, which changes when a field changes its meaning or goes
 * @param kind what the file calls itself
 * @param machine facts by name, as text for people
 * @param variables the variables that change arithmetic or time
 * @param cuda the driver and its devices
 * @param cublas the cuBLAS libraries
 * @param backends every backend, those that can run before the others
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DoctorReport(
    int schema,
    String kind,
    Map<String, String> machine,
    Map<String, String> variables,
    Cuda cuda,
    Cublas cublas,
    List<State> backends) {

  /** Whether the driver can be used. */
  enum Driver {
    /** There is none that can be called. */
    ABSENT,
    /** It does not start, or offers no device. */
    FAILING,
    /** It has devices. */
    WORKING
  }

  /**
   * The driver and its devices.
   *
   * @param summary one line for people
   * @param trouble what keeps it from working; null if nothing is known to
   * @param notes what is good to know
   * @param emulation whether the device can be emulated
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Cuda(
      Driver driver,
      @Nullable String library,
      @Nullable String version,
      @Nullable String hardware,
      String summary,
      List<Device> devices,
      @Nullable Trouble trouble,
      List<String> notes,
      String emulation) {}

  /**
   * A device.
   *
   * @param memory bytes
   * @param summary one line for people
   * @param trouble what keeps it from being opened; null if nothing does, or if it was not tried
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Device(
      int ordinal,
      String name,
      String computeCapability,
      long memory,
      @Nullable String pciBus,
      String summary,
      @Nullable Trouble trouble) {}

  /** An entry of the table of troubles, with what was observed. */
  record Trouble(
      String id, String title, String observed, String likelyCause, String look, String mend) {
    static @Nullable Trouble of(Optional<CudaDiagnosis> diagnosis) {
      return diagnosis
          .map(
              found ->
                  new Trouble(
                      found.trouble().id(),
                      found.trouble().title(),
                      found.observed(),
                      found.trouble().cause(),
                      found.look(),
                      found.mend()))
          .orElse(null);
    }
  }

  /** The cuBLAS libraries, and where they were looked for. */
  record Cublas(List<String> places, List<Library> candidates) {}

  /** A file that may be cuBLAS, and whether it is used. */
  record Library(String file, String version, String verdict) {}

  /** A backend. */
  record State(String name, String kind, String hardware, String verdict, boolean canRun) {}

  /** Looks at this machine. The device of the resources is opened in a process of its own. */
  static DoctorReport of(Resources resources) {
    CudaMachine cuda = CudaMachine.look();
    return new DoctorReport(
        Document.DOCTOR.version(),
        Document.DOCTOR.kind(),
        facts(),
        RecordedVariables.ofThisProcess().values(),
        cuda(cuda, resources),
        cublas(cuda.cublas()),
        Candidate.all(resources).stream().map(DoctorReport::state).toList());
  }

  private static Map<String, String> facts() {
    Linux linux = Linux.here();
    ControlGroup group = ControlGroup.ofThisProcess();
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "JDK",
        Runtime.version()
            + ", "
            + System.getProperty("java.vendor")
            + ", "
            + System.getProperty("java.home"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("processor", linux.processor());
    facts.put("features", linux.features());
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put(
        "vectors",
        FloatVector.SPECIES_PREFERRED.vectorBitSize()
            + " bits, "
            + FloatVector.SPECIES_PREFERRED.length()
            + " floats");
    facts.put("kernels", VectorBackend.kernels());
    facts.put("caches", linux.caches());
    facts.put("memory", linux.memory() + " in all, the JVM may use " + heap + " MiB");
    facts.put("limits", "memory " + group.memory() + ", processor time " + group.processors());
    facts.put("large pages", linux.largePages());
    return facts;
  }

  private static Cuda cuda(CudaMachine machine, Resources resources) {
    Trouble trouble = Trouble.of(machine.diagnosis());
    String emulation = machine.emulation();
    return switch (machine.driver()) {
      case CudaDriver.Absent(Availability why) ->
          new Cuda(
              Driver.ABSENT,
              null,
              null,
              null,
              "none: " + (trouble == null ? why : trouble.observed()),
              List.of(),
              trouble,
              List.of(),
              emulation);
      case CudaDriver.Failing failing ->
          new Cuda(
              Driver.FAILING,
              failing.file().toString(),
              failing.version().toString(),
              failing.hardware().name(),
              trouble == null ? failing.why().toString() : trouble.observed(),
              List.of(),
              trouble,
              List.of(),
              emulation);
      case CudaDriver.Working working ->
          new Cuda(
              Driver.WORKING,
              working.file().toString(),
              working.version().toString(),
              working.hardware().name(),
              working.label() + "for CUDA " + working.version() + " (" + working.file() + ")",
              working.devices().stream()
                  .map(device -> device(machine, working, device, resources.device()))
                  .toList(),
              null,
              machine.notes(),
              emulation);
    };
  }

  /** Describes a device; the chosen one is opened, if it is a real one that the kernels run on. */
  private static Device device(
      CudaMachine machine, CudaDriver.Working driver, CudaDevice device, int chosen) {
    boolean opened =
        device.ordinal() == chosen
            && driver.hardware() == Availability.Hardware.REAL
            && machine.kernels(chosen) instanceof Availability.Available;
    return new Device(
        device.ordinal(),
        device.name(),
        device.capability().toString(),
        device.memory(),
        device.pciBus().orElse(null),
        device.toString(),
        opened ? Trouble.of(machine.opening(chosen)) : null);
  }

  private static Cublas cublas(CublasSearch search) {
    return new Cublas(
        search.places().stream().map(place -> place.description()).toList(),
        search.candidates().stream()
            .map(
                candidate ->
                    new Library(
                        candidate.file().toString(),
                        candidate.version(),
                        search.verdict(candidate)))
            .toList());
  }

  private static State state(Candidate candidate) {
    return new State(
        candidate.name(),
        candidate.kind().label(),
        candidate.hardware().name(),
        candidate.availability() instanceof Availability.Available(String detail, var _)
            ? "can run: " + detail
            : candidate.verdict().orElseThrow(),
        candidate.available());
  }
}
