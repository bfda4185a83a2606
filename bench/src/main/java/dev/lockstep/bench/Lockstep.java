package dev.lockstep.bench;

import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.check.CheckCommand;
import dev.lockstep.bench.check.MapCommand;
import dev.lockstep.bench.compare.CompareCommand;
import dev.lockstep.bench.doctor.DoctorCommand;
import dev.lockstep.bench.measure.BenchCommand;
import dev.lockstep.bench.measure.ReportCommand;
import dev.lockstep.bench.study.StudyCommand;
import dev.lockstep.bench.suite.SuiteCommand;
import dev.lockstep.bench.train.TrainCommand;
import dev.lockstep.model.HeapLimit;
import dev.lockstep.model.InputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 it holds, 1 it does not, 2 a fault in what the user gave. */
@Command(
    name = "lockstep",
    description = {
      "Trains the same wide network on every backend, shows bit by bit that equal units stay in"
          + " lockstep and random ones diverge, and says so.",
      ""
    },
    mixinStandardHelpOptions = true,
    version = "lockstep 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CheckCommand.class,
      TrainCommand.class,
      BenchCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      MapCommand.class,
      StudyCommand.class,
      SuiteCommand.class,
      DoctorCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  lockstep check                       all pairs of widths, batches, ...",
      "  lockstep check --list                what that is",
      "  lockstep check --width 1021 --batch 250 --init equal",
      "  lockstep train --hidden 256,256 --steps 2000 --save net.npz",
      "  lockstep study textbook              why random initialisation, in figures",
      "  lockstep bench --quick               how fast, in under 3 minutes",
      "  lockstep compare A B                 whether that changed between two runs",
      "  lockstep suite --out DIR --budget 8m all that can be shown here, kept in files",
      "  lockstep doctor                      what this machine has",
      "  lockstep help scenario               what a scenario's file has in it"
    })
public final class Lockstep {

  /** Exit code of a backend that failed. */
  static final int BACKEND_FAULT = 1;

  /** Exit code of a fault in flags or files, or of asking for what cannot be done here. */
  static final int INPUT_FAULT = 2;

  private Lockstep() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    StandardError.restore();
    int code = run(args);
    System.out.flush();
    if (System.out.checkError()) {
      System.err.println("lockstep: standard output cannot be written");
      code = INPUT_FAULT;
    }
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  static int run(String... args) {
    try {
      CommandLine line = new CommandLine(new Lockstep());
      line.setExecutionExceptionHandler((failure, _, _) -> fault(failure));
      line.setParameterExceptionHandler(
          (failure, _) -> {
            String command = failure.getCommandLine().getCommandSpec().qualifiedName();
            String message = String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
            System.err.println("lockstep: " + message + "; see " + command + " --help");
            return INPUT_FAULT;
          });
      return args.length == 0 ? line.execute("--help") : line.execute(args);
    } catch (OutOfMemoryError e) {
      // What is needed is asked for beforehand, but how full a collector can fill the heap is not
      // known.
      System.err.println(
          "lockstep: memory is "
              + HeapLimit.described()
              + ", which does not suffice; give the JVM more, or ask for less");
      return INPUT_FAULT;
    } catch (NoClassDefFoundError e) {
      if (!(e.getCause() instanceof ClassNotFoundException)) {
        throw e;
      }
      System.err.println(
          "lockstep: class "
              + e.getMessage()
              + " is missing, this build or copy is damaged; remove bench/target to have it built"
              + " anew, or unpack the bundle again");
      return INPUT_FAULT;
    }
  }

  /** One sentence for what has a name; anything else is a bug and is thrown on. */
  static int fault(Exception failure) throws Exception {
    int code =
        switch (failure) {
          case InputException _, UnavailableException _ -> INPUT_FAULT;
          case BackendFault _ -> BACKEND_FAULT;
          default -> throw failure;
        };
    System.err.println("lockstep: " + failure.getMessage());
    return code;
  }
}
