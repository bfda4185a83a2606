package dev.lockstep.bench.doctor;

import dev.lockstep.gpu.discovery.CublasCandidate;
import dev.lockstep.gpu.discovery.CublasSearch;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What of CUDA was found and where was looked, as the lines of a table. */
final class CudaFindings {

  /**
   * A line.
   *
   * @param label what it is about; empty on a line that goes on about the same
   * @param value what was found
   */
  record Line(String label, String value) {}

  private CudaFindings() {}

  static List<Line> of(CudaMachine machine) {
    List<Line> lines = new ArrayList<>();
    switch (machine.driver()) {
      case CudaDriver.Absent absent -> lines.add(new Line("CUDA driver", "none: " + absent.why()));
      case CudaDriver.Failing failing ->
          lines.add(
              new Line(
                  "CUDA driver",
                  String.format(
                      Locale.ROOT,
                      "for CUDA %s (%s): %s",
                      failing.version(),
                      failing.file(),
                      failing.why())));
      case CudaDriver.Working working -> {
        lines.add(
            new Line(
                "CUDA driver",
                String.format(
                    Locale.ROOT,
                    "%sfor CUDA %s (%s)",
                    working.label(),
                    working.version(),
                    working.file())));
        for (CudaDevice device : working.devices()) {
          lines.add(new Line("", device.toString()));
        }
      }
    }
    CublasSearch search = machine.cublas();
    lines.add(
        new Line(
            "cuBLAS",
            (search.candidates().isEmpty() ? "none: looked in " : "looked in ")
                + search.places().stream()
                    .map(place -> place.description())
                    .collect(Collectors.joining(", "))));
    for (CublasCandidate candidate : search.candidates()) {
      lines.add(
          new Line(
              "",
              String.format(
                  Locale.ROOT,
                  "%s (%s)  %s",
                  candidate.file(),
                  candidate.version(),
                  search.verdict(candidate))));
    }
    return lines;
  }
}
