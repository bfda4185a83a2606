package dev.lockstep.bench.surroundings;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A backend that could be run, with what it said when it was asked whether it can: once, so that
 * one report never says two things.
 *
 * @param backend whether it can run or not
 * @param availability what it said
 */
public record Candidate(Backend backend, Availability availability) {

  /** All backends, those that can run here before those that cannot. */
  public static List<Candidate> all(Resources resources) {
    return all(resources, _ -> true);
  }

  private static List<Candidate> all(Resources resources, Predicate<Backend> wanted) {
    return Backends.all().stream()
        .filter(wanted)
        .map(backend -> of(backend, resources))
        .sorted(Comparator.comparing(candidate -> !candidate.available()))
        .toList();
  }

  /** Those of {@link #all} that take part where nobody is named. */
  public static List<Candidate> usual(Resources resources) {
    return all(resources, backend -> backend.attendance() == Backend.Attendance.ALWAYS);
  }

  /**
   * Backends asked for by name, in that order, each of which has to run.
   *
   * @param flag that names them
   * @throws dev.lockstep.input.InputException if there is none of a name
   * @throws dev.lockstep.backend.UnavailableException if one cannot run here
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

  /** Asks a backend. */
  public static Candidate of(Backend backend, Resources resources) {
    return new Candidate(backend, backend.availability(resources));
  }

  /** The backend's exact name. */
  public String name() {
    return backend.name();
  }

  /** What may be expected of the backend's bits. */
  public Kind kind() {
    return backend.kind();
  }

  /** Whether it can run here. */
  public boolean available() {
    return availability instanceof Availability.Available;
  }

  /** Whether it is one of the backends on a device: they share a driver, and what it lacks. */
  public boolean onDevice() {
    return backend.placement() == Placement.DEVICE;
  }

  /** Whether what it would run on is emulated. */
  public Hardware hardware() {
    return availability instanceof Availability.Available(String _, Hardware hardware)
        ? hardware
        : Hardware.REAL;
  }

  /** {@code exact}, or {@code exact, EMULATED}. */
  public String label() {
    return kind().label() + (hardware() == Hardware.EMULATED ? ", EMULATED" : "");
  }

  /** {@code UNAVAILABLE reason: remedy}, if it cannot run. */
  public Optional<String> verdict() {
    return switch (availability) {
      case Availability.Available _ -> Optional.empty();
      case Availability.Unavailable unavailable ->
          Optional.of(Verdict.UNAVAILABLE + "  " + unavailable);
      case Availability.Unsupported unsupported ->
          Optional.of(Verdict.UNSUPPORTED + "  " + unsupported);
    };
  }

  /** What was missing, if it cannot run. */
  public Optional<String> reason() {
    return switch (availability) {
      case Availability.Available _ -> Optional.empty();
      case Availability.Unavailable unavailable -> Optional.of(unavailable.reason().sentence());
      case Availability.Unsupported unsupported -> Optional.of(unsupported.reason().sentence());
    };
  }
}
