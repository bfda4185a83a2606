package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.gpu.discovery.DriverTranscript.End;
import dev.lockstep.machine.LoadException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keeps CUDA from running on this machine.
 *
 * @param trouble the entry of the table
 * @param observed what was observed, a clause
 * @param look a command that shows more
 * @param mend what mends it
 */
public record CudaDiagnosis(CudaTrouble trouble, String observed, String look, String mend) {

  private static final int NO_DEVICE = 100;
  private static final Pattern PTX_VERSION = Pattern.compile("\\.version\\s+(\\d+\\.\\d+)");

  /** As the reason for which a backend cannot run, and the remedy. */
  public Unavailable unavailable() {
    // Of a machine without a driver everybody knows the likely cause.
    return trouble == CudaTrouble.NO_DRIVER
        ? new Unavailable(trouble.kind(), observed, mend)
        : new Unavailable(
            trouble.kind(),
            observed + "; likely cause: " + trouble.cause(),
            mend + " (to see more: " + look + ")");
  }

  /** Diagnoses a probe's report; empty if the driver works and offers a device. */
  static Optional<CudaDiagnosis> of(DriverTranscript report, Environment environment) {
    Seen seen = new Seen(report, circumstances(report, environment));
    return switch (report.end()) {
      case End.Complete() ->
          report.devices().isEmpty()
              ? Optional.of(seen.start(NO_DEVICE, seen.driver() + " offers no device"))
              : Optional.empty();
      case End.Refused(LoadException.Kind kind, String reason) ->
          Optional.of(
              switch (kind) {
                case NOT_FOUND ->
                    seen.found(
                        CudaStep.FIND,
                        0,
                        "no NVIDIA driver (" + DriverProbe.LIBRARY + " not found)");
                case FORBIDDEN -> seen.found(CudaStep.FORBIDDEN, 0, reason);
                default ->
                    seen.found(
                        CudaStep.LOAD, 0, "no NVIDIA driver that can be loaded (" + reason + ")");
              });
      case End.Lacks(String reason) ->
          Optional.of(seen.found(CudaStep.FUNCTIONS, 0, seen.driver() + " " + reason));
      case End.Nonsense(String reason) ->
          Optional.of(seen.found(CudaStep.NONSENSE, 0, seen.driver() + " " + reason));
      case End.Broken(String function, String reason) -> Optional.of(seen.broken(function, reason));
      case End.Status(String function, int status) ->
          Optional.of(
              seen.start(
                  status,
                  status == NO_DEVICE
                      ? seen.driver() + " offers no device"
                      : seen.driver()
                          + " answers "
                          + function
                          + " with "
                          + CudaStatus.described(status)));
    };
  }

  /** Diagnoses the report of a probe that was to open a device; empty if it did. */
  static Optional<CudaDiagnosis> ofOpening(
      DriverTranscript report, Environment environment, CudaDevice device) {
    if (report.end() instanceof End.Complete) {
      return Optional.empty();
    }
    if (report.end() instanceof End.Status(String function, int status)) {
      CudaStep step =
          switch (function) {
            case DriverProbe.LOADING -> CudaStep.MODULE;
            case "cuInit", "cuDeviceGet", "cuDeviceGetAttribute" -> CudaStep.START;
            default -> CudaStep.CONTEXT;
          };
      if (step != CudaStep.START) {
        return Optional.of(of(step, status, report.log(), report, environment, device));
      }
    }
    return of(report, environment);
  }

  /**
   * Diagnoses a device that gives no context or takes no kernels.
   *
   * @param log what the driver's compiler said; empty if nothing
   */
  static CudaDiagnosis of(
      CudaStep step,
      int status,
      String log,
      DriverTranscript report,
      Environment environment,
      CudaDevice device) {
    String answer = CudaStatus.described(status);
    String subject = "device " + device.ordinal() + " (" + device.name() + ")";
    String observed =
        step == CudaStep.CONTEXT
            ? subject + " gives no context: " + answer
            : subject
                + " does not take the kernels (PTX "
                + ptxVersion()
                + ", driver for CUDA "
                + report.version()
                + "): "
                + answer
                + (log.isBlank()
                    ? ""
                    : "; the driver's compiler says: " + log.strip().replaceAll("\\s+", " "));
    Seen seen = new Seen(report, circumstances(report, environment));
    return seen.of(step, status, observed, String.valueOf(device.ordinal()));
  }

  private static String ptxVersion() {
    Matcher version = PTX_VERSION.matcher(DriverProbe.kernels());
    return version.find() ? version.group(1) : "of unknown version";
  }

  private static Circumstances circumstances(DriverTranscript report, Environment environment) {
    return new Circumstances(
        environment,
        environment.nvidia(),
        Optional.ofNullable(report.file()),
        report.hardware(),
        report.computeMode());
  }

  private record Seen(DriverTranscript report, Circumstances circumstances) {

    /** The driver, with all versions that are known of it. */
    String driver() {
      StringBuilder text =
          new StringBuilder(
              circumstances.isEmulated() ? "the emulated driver" : "the NVIDIA driver");
      if (report.file() != null) {
        text.append(" (").append(report.file());
        if (report.version().major() > 0) {
          text.append(", for CUDA ").append(report.version());
        }
        circumstances
            .libraryRelease()
            .ifPresent(release -> text.append(", release ").append(release));
        circumstances
            .files()
            .module()
            .ifPresent(release -> text.append(", kernel module ").append(release));
        text.append(')');
      }
      return text.toString();
    }

    CudaDiagnosis start(int status, String observed) {
      String visible =
          status == NO_DEVICE
              ? circumstances
                  .visible()
                  .map(value -> " with " + Circumstances.VISIBLE + "=" + value)
                  .orElse("")
              : "";
      return found(CudaStep.START, status, observed + visible);
    }

    CudaDiagnosis broken(String function, String reason) {
      if (function.isEmpty()) {
        return found(CudaStep.PROCESS, 0, driver() + " " + reason);
      }
      boolean late = reason.startsWith(ProbeJvm.LATE);
      return found(
          late ? CudaStep.HANG : CudaStep.CRASH, 0, driver() + " " + reason + " in " + function);
    }

    CudaDiagnosis found(CudaStep step, int status, String observed) {
      return of(step, status, observed, "0");
    }

    CudaDiagnosis of(CudaStep step, int status, String observed, String device) {
      CudaTrouble trouble = CudaTrouble.of(step, status, circumstances);
      return new CudaDiagnosis(
          trouble, observed, filled(trouble.look(), device), filled(trouble.mend(), device));
    }

    private String filled(String text, String device) {
      return text.replace(
              "{library}",
              circumstances.library().map(Object::toString).orElse(DriverProbe.LIBRARY))
          .replace("{device}", device);
    }
  }
}
