package dev.lockstep.bench;

import static java.util.stream.Collectors.joining;

import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.check.CheckCommand;
import dev.lockstep.bench.compare.CompareCommand;
import dev.lockstep.bench.convert.ConvertCommand;
import dev.lockstep.bench.doctor.DoctorCommand;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.inspect.InspectCommand;
import dev.lockstep.bench.map.MapCommand;
import dev.lockstep.bench.measure.BenchCommand;
import dev.lockstep.bench.order.OrderCommand;
import dev.lockstep.bench.study.StudyCommand;
import dev.lockstep.bench.suite.SuiteCommand;
import dev.lockstep.bench.surroundings.Version;
import dev.lockstep.bench.terminal.Output;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.StandardError;
import dev.lockstep.bench.terminal.StandardOutput;
import dev.lockstep.bench.terminal.Terminal;
import dev.lockstep.bench.tolerance.ToleranceCommand;
import dev.lockstep.bench.train.TrainCommand;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Printable;
import dev.lockstep.input.Suggestion;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TraceLevel;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit codes: 0 it holds, 1 it does not, 2 a fault in what the user gave. */
@Command(
    name = "lockstep",
    description = {
      "Trains the same network on several backends and checks, bit by bit, that equal units stay in"
          + " lockstep, that random units diverge and that the backends agree; times what it has"
          + " checked.",
      ""
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CheckCommand.class,
      TrainCommand.class,
      BenchCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      ConvertCommand.class,
      MapCommand.class,
      StudyCommand.class,
      SuiteCommand.class,
      InspectCommand.class,
      OrderCommand.class,
      ToleranceCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  lockstep check                        check all backends",
      "  lockstep check --list                 list what is checked",
      "  lockstep check --width 1021 --batch 250 --init equal",
      "  lockstep train --hidden 256,256 --steps 2000 --save net.npz",
      "  lockstep study textbook               show why weights start random",
      "  lockstep bench --quick                time the backends in under 3 minutes",
      "  lockstep compare A B                  compare the times of two runs",
      "  lockstep suite --out DIR --budget 8m  check and time everything, kept in files",
      "  lockstep inspect net.safetensors      count equal units of trained weights",
      "  lockstep order --backends openblas    reveal the order in which a library adds",
      "  lockstep tolerance --shape 64x1024x1024  derive the tolerance of a test",
      "  lockstep doctor                       show this machine and its backends",
      "  lockstep help scenario                describe the fields of a scenario file",
      "  source <(lockstep completion)         complete commands and flags in bash"
    })
public final class Lockstep {

  /** Exit code of a backend that failed. */
  static final int BACKEND_FAULT = 1;

  /** Exit code of a fault in flags or files, or of asking for what cannot be done here. */
  static final int INPUT_FAULT = 2;

  /** Longest part of an argument that a message repeats. */
  private static final int LONGEST_ARGUMENT = 80;

  /** Longest message of picocli, which may repeat arguments. */
  private static final int LONGEST_MESSAGE = 400;

  /** Picocli lays nothing out in fewer columns. */
  private static final int NARROWEST_HELP = 55;

  @Option(
      names = "--quiet",
      scope = ScopeType.INHERIT,
      description = "Print only verdicts, faults and errors: no tables and no progress.")
  boolean quiet;

  @Option(
      names = "--no-color",
      scope = ScopeType.INHERIT,
      description =
          "Print without colours, as with a variable NO_COLOR, with TERM=dumb, and to anything but"
              + " a terminal.")
  boolean colourless;

  private Lockstep() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // For what libraries format: help, progress bars, JMH.
    Locale.setDefault(Locale.ROOT);
    int code;
    try {
      TemporaryFolder.takeOver();
      StandardError.restore();
      StandardOutput.guard();
      code = StandardOutput.exitCode(run(args));
      StandardOutput.complaint().ifPresent(Lockstep::complain);
    } catch (NoClassDefFoundError e) {
      if (!(e.getCause() instanceof ClassNotFoundException)) {
        throw e;
      }
      StandardError.printLine(
          "lockstep: class "
              + e.getMessage()
              + " is missing, so this build or copy is damaged; remove bench/target to have it"
              + " rebuilt, or unpack the bundle again");
      code = INPUT_FAULT;
    }
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  static int run(String... args) {
    try {
      CommandLine line = commandLine();
      return args.length == 0 ? line.execute("--help") : line.execute(args);
    } catch (OutOfMemoryError e) {
      // What is needed is asked for beforehand, but how full a collector can fill the heap is not
      // known.
      complain(
          "memory is "
              + HeapLimit.described()
              + ", which is not enough; give the JVM more, or ask for less");
      return INPUT_FAULT;
    }
  }

  static CommandLine commandLine() {
    // Picocli's warnings would quote arguments as they are, past the Printer.
    CommandLine.tracer().setLevel(TraceLevel.OFF);
    Lockstep program = new Lockstep();
    return FlagValues.registeredIn(new CommandLine(program))
        .setExecutionStrategy(program::execute)
        .setUsageHelpWidth(Math.max(NARROWEST_HELP, Terminal.columns()))
        // An argument is what the shell hands over, whatever characters it has: quotes are part of
        // it, and no @FILE is opened.
        .setSplitQuotedStrings(true)
        .setTrimQuotes(false)
        .setExpandAtFiles(false)
        .setExecutionExceptionHandler(
            (failure, line, _) -> fault(NamesScenario.named(failure, line.getCommand())))
        .setParameterExceptionHandler((failure, _) -> misuse(failure));
  }

  /** Decides about colours, also of help, before a command prints anything. */
  private int execute(ParseResult parsed) {
    Output.choose(
        quiet ? Output.Amount.VERDICTS : Output.Amount.EVERYTHING,
        colourless ? Output.Colours.NEVER : Output.Colours.IF_SHOWN);
    parsed
        .commandSpec()
        .commandLine()
        .setColorScheme(Help.defaultColorScheme(Output.isColoured() ? Ansi.ON : Ansi.OFF));
    return new RunLast().execute(parsed);
  }

  /** One sentence for what is wrong with the arguments. */
  private static int misuse(ParameterException failure) {
    if (failure.getCause() instanceof FlagValues.RefusedException refused) {
      complain(
          refused.sentence(
              failure.getArgSpec() instanceof OptionSpec flag
                  ? flag.longestName()
                  : failure.getArgSpec().paramLabel()));
      return INPUT_FAULT;
    }
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    String message =
        failure instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched, command)
            : Printable.of(
                    String.valueOf(failure.getMessage())
                        .lines()
                        .map(String::strip)
                        .collect(joining(" ")),
                    LONGEST_MESSAGE)
                + ";";
    complain(
        message
            + (message.endsWith("?") ? " See " : " see ")
            + command.qualifiedName()
            + " --help");
    return INPUT_FAULT;
  }

  private static String unknown(UnmatchedArgumentException failure, CommandSpec command) {
    String argument = failure.getUnmatched().getFirst();
    String quoted = "'" + Printable.of(argument, LONGEST_ARGUMENT) + "'";
    String suggestion;
    if (failure.isUnknownOption()) {
      quoted = "unknown option " + quoted;
      suggestion = Suggestion.of(argument.replaceFirst("=.*", ""), command.optionsMap().keySet());
    } else if (command.subcommands().isEmpty()) {
      quoted = "unexpected argument " + quoted;
      suggestion = "";
    } else {
      quoted = "unknown command " + quoted;
      suggestion = Suggestion.of(argument, command.subcommands().keySet());
    }
    return quoted + (suggestion.isEmpty() ? ";" : suggestion);
  }

  /** One sentence for what has a name; anything else is a bug and is thrown on. */
  static int fault(Exception failure) throws Exception {
    int code =
        switch (failure) {
          case InputException _, UnavailableException _ -> INPUT_FAULT;
          case BackendFault _ -> BACKEND_FAULT;
          default -> throw failure;
        };
    complain(String.valueOf(failure.getMessage()));
    if (failure instanceof BackendFault fault) {
      fault.evidence().forEach(line -> Printer.err().line("  | " + line));
    }
    return code;
  }

  private static void complain(String sentence) {
    Printer.err().line("lockstep: " + sentence);
  }
}
