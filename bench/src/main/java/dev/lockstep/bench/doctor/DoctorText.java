package dev.lockstep.bench.doctor;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.doctor.DoctorReport.Device;
import dev.lockstep.bench.doctor.DoctorReport.Driver;
import dev.lockstep.bench.doctor.DoctorReport.State;
import dev.lockstep.bench.doctor.DoctorReport.Trouble;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what doctor has found: the machine, CUDA with what is wrong with it, the backends. */
record DoctorText(DoctorReport report) {

  private static final String MORE = "";

  /** From this length on a verdict is not printed twice. */
  private static final int LONG = 160;

  void print(Printer out) {
    Table machine = new Table(1, List.of(Table.word(""), Table.text("")));
    report.machine().forEach(machine::row);
    report.variables().forEach((name, value) -> machine.row("variable", name + "=" + value));
    addCuda(machine);
    addCublas(machine);
    machine.row("emulation", report.cuda().emulation());
    out.table(machine, 0);
    out.line();
    Table backends =
        new Table(2, List.of(Table.word("backend"), Table.word("kind"), Table.text("")));
    Map<String, String> said = new HashMap<>();
    for (State backend : report.backends()) {
      String verdict = shortened(backend);
      String first = said.putIfAbsent(verdict, backend.name());
      backends.row(
          backend.name(),
          backend.kind(),
          first == null || backend.canRun() || verdict.length() < LONG
              ? verdict
              : verdict.substring(0, verdict.indexOf(' ')) + "  for the same reason as " + first);
    }
    out.verdicts().table(backends, 2);
  }

  private void addCuda(Table table) {
    DoctorReport.Cuda cuda = report.cuda();
    table.row("CUDA driver", cuda.summary());
    addTrouble(table, cuda.trouble());
    for (Device device : cuda.devices()) {
      table.row(MORE, device.summary());
      if (device.trouble() != null) {
        table.row(MORE, "cannot be used: " + device.trouble().observed());
        addTrouble(table, device.trouble());
      }
    }
    cuda.notes().forEach(note -> table.row("note", note));
  }

  private static void addTrouble(Table table, @Nullable Trouble trouble) {
    if (trouble != null) {
      table.row("likely cause", trouble.likelyCause());
      table.row("to see more", trouble.look());
      table.row("to mend it", trouble.mend());
    }
  }

  private void addCublas(Table table) {
    DoctorReport.Cublas cublas = report.cublas();
    table.row(
        "cuBLAS",
        (cublas.candidates().isEmpty() ? "none: looked in " : "looked in ")
            + String.join(", ", cublas.places()));
    cublas
        .candidates()
        .forEach(
            library ->
                table.row(
                    MORE, library.file() + " (" + library.version() + ")  " + library.verdict()));
  }

  /** The verdict; what all backends on CUDA lack stands above, once. */
  private String shortened(State backend) {
    for (Trouble trouble : troubles()) {
      if (backend.verdict().startsWith(Verdict.UNAVAILABLE + "  " + trouble.observed())) {
        return Verdict.UNAVAILABLE + "  " + trouble.observed() + ": see above";
      }
    }
    return backend.verdict();
  }

  private List<Trouble> troubles() {
    List<Trouble> all = new ArrayList<>();
    DoctorReport.Cuda cuda = report.cuda();
    if (cuda.trouble() != null && cuda.driver() != Driver.WORKING) {
      all.add(cuda.trouble());
    }
    for (Device device : cuda.devices()) {
      if (device.trouble() != null) {
        all.add(device.trouble());
      }
    }
    return all;
  }
}
