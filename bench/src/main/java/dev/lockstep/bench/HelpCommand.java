package dev.lockstep.bench;

import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.train.ScenarioOptions;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Suggestion;
import dev.lockstep.scenario.ScenarioField;
import dev.lockstep.scenario.ScenarioFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep help}: what {@code --help} of a command says, and the fields of a scenario. */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    description = {"Describes a command, or the fields of a scenario file.", ""},
    footer = {
      "",
      "Examples:",
      "  lockstep help scenario",
      "  lockstep help train",
      "  lockstep help study textbook"
    })
final class HelpCommand implements Callable<Integer> {

  private static final String SCENARIO = "scenario";

  private static final int INDENT = 6;

  @Parameters(
      arity = "0..*",
      paramLabel = "TOPIC",
      description = "scenario, or the name of a command.")
  List<String> topic = new ArrayList<>();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (topic.equals(List.of(SCENARIO))) {
      scenario(Printer.out());
      return 0;
    }
    CommandLine command = Objects.requireNonNull(spec).root().commandLine();
    for (String word : topic) {
      Map<String, CommandLine> below = command.getSubcommands();
      CommandLine next = below.get(word);
      if (next == null) {
        List<String> expected = new ArrayList<>(below.keySet());
        if (command.getParent() == null) {
          expected.add(SCENARIO);
        }
        throw new InputException(
            "help",
            "topic",
            word,
            expected.isEmpty()
                ? String.format(
                    Locale.ROOT,
                    "but %s has no commands of its own",
                    command.getCommandSpec().qualifiedName())
                : "expected one of " + String.join(", ", expected) + Suggestion.of(word, expected));
      }
      command = next;
    }
    command.usage(command.getOut());
    return 0;
  }

  private static void scenario(Printer out) {
    out.paragraph("A scenario determines a training completely. As a file it is a JSON object:");
    out.line();
    out.json(ScenarioFile.json(new ScenarioOptions().scenario()));
    out.line();
    out.paragraph(
        "Each field is required unless it says that it may be left out. No field may appear twice,"
            + " and no other field is allowed.");
    out.paragraph(
        "Text values are written like the values of the flags of `lockstep train`, whose"
            + " --print-scenario writes such a file.");
    for (ScenarioField<?> field : ScenarioField.ALL) {
      out.line();
      out.line("  " + field.name());
      out.paragraph(field.help(), INDENT, INDENT);
      out.paragraph(field.remark(), INDENT, INDENT);
    }
  }
}
