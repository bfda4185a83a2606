package dev.lockstep.bench;

import dev.lockstep.bench.terminal.Printer;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep completion}: a script for the shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {"Prints a script that lets bash complete commands, flags and their values.", ""},
    footer = {
      "",
      "Examples:",
      "  source <(lockstep completion)                   for this shell",
      "  lockstep completion > ~/.local/share/bash-completion/completions/lockstep"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = Objects.requireNonNull(spec).root().commandLine();
    Printer.out().verbatim(AutoComplete.bash(root.getCommandName(), root));
    return 0;
  }
}
