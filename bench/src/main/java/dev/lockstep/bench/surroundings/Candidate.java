package dev.lockstep.bench.surroundings;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.gpu.discovery.CudaDiagnosis;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A backend with its availability, which is queried once so that a report is consistent.
 *
 * @param backend the backend, which may be unable to run
 * @param availability the backend's answer
 */
public record Candidate(Backend backend, Availability availability) {

  /** All backends, those that can run here before those that cannot. */
  public static List<Candidate> all(Resources resources) {
    return all(resources, _ -> true);
  }

  private static List<Candidate> all(Resources resources, Predicate<Backend> wanted) {
    try (ProgressDisplay progress = ProgressDisplay.ofUnknownLength("asking backends")) {
      return Backends.all().stream()
          .filter(wanted)
          .peek(backend -> progress.message(backend.name()))
          .map(backend -> of(backend, resources))
          .sorted(Comparator.comparing(candidate -> !candidate.available()))
          .toList();
    }
  }

  /** The backends of {@link #all} that take part without being named. */
  public static List<Candidate> usual(Resources resources) {
    return all(resources, backend -> backend.attendance() == Backend.Attendance.ALWAYS);
  }

  /**
   * The backends with the given names, in that order; each must be able to run.
   *
   * @param flag the flag that names them
   * @throws dev.lockstep.input.InputException if a name is unknown
   * @throws dev.lockstep.backend.UnavailableException if a backend cannot run here
   */
  public static List<Candidate> required(String flag, List<String> names, Resources resources) {
    List<Candidate> chosen = new ArrayList<>();
    for (String name : names) {
      Candidate candidate = of(Backends.named(flag, name), resources);
      candidate.availability().require();
      chosen.add(candidate);
    }
    return chosen;
  }

  /** Queries a backend's availability; one on a real device must also be able to open it. */
  public static Candidate of(Backend backend, Resources resources) {
    Availability availability = backend.availability(resources);
    boolean opens =
        backend.placement() == Placement.DEVICE
            && availability instanceof Availability.Available(_, Hardware hardware)
            && hardware == Hardware.REAL;
    return new Candidate(
        backend,
        opens
            ? CudaMachine.look()
                .opening(resources.device())
                .<Availability>map(CudaDiagnosis::unavailable)
                .orElse(availability)
            : availability);
  }

  /** The backend's exact name. */
  public String name() {
    return backend.name();
  }

  /** The kind of agreement that the backend promises. */
  public Kind kind() {
    return backend.kind();
  }

  /** Whether the backend can run here. */
  public boolean available() {
    return availability instanceof Availability.Available;
  }

  /** Whether the backend runs on a device; such backends share a driver and its faults. */
  public boolean onDevice() {
    return backend.placement() == Placement.DEVICE;
  }

  /** Whether the backend would run on real or on emulated hardware. */
  public Hardware hardware() {
    return availability instanceof Availability.Available(String _, Hardware hardware)
        ? hardware
        : Hardware.REAL;
  }

  /** The kind, and whether the hardware is emulated: {@code exact, EMULATED}. */
  public String label() {
    return kind().label() + (hardware() == Hardware.EMULATED ? ", EMULATED" : "");
  }

  /** If the backend cannot run: {@code UNAVAILABLE reason: remedy}. */
  public Optional<String> verdict() {
    return switch (availability) {
      case Availability.Available _ -> Optional.empty();
      case Availability.Unavailable unavailable ->
          Optional.of(Verdict.UNAVAILABLE + "  " + unavailable);
      case Availability.Unsupported unsupported ->
          Optional.of(Verdict.UNSUPPORTED + "  " + unsupported);
    };
  }

  /** If the backend cannot run: what is missing. */
  public Optional<String> reason() {
    return switch (availability) {
      case Availability.Available _ -> Optional.empty();
      case Availability.Unavailable unavailable -> Optional.of(unavailable.reason().sentence());
      case Availability.Unsupported unsupported -> Optional.of(unsupported.reason().sentence());
    };
  }
}
