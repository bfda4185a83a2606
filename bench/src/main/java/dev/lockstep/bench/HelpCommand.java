package dev.lockstep.bench;

import dev.lockstep.bench.train.ScenarioOptions;
import dev.lockstep.model.InputException;
import dev.lockstep.scenario.ScenarioField;
import dev.lockstep.scenario.ScenarioFile;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.commons.text.WordUtils;
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

  /** Of a line of text, without its margin. */
  private static final int COLUMNS = 90;

  @Parameters(
      arity = "0..*",
      paramLabel = "TOPIC",
      description = "scenario, or the name of a command.")
  List<String> topic = new ArrayList<>();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (topic.equals(List.of(SCENARIO))) {
      scenario(System.out);
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
                ? "but %s has no commands of its own"
                    .formatted(command.getCommandSpec().qualifiedName())
                : "expected one of " + String.join(", ", expected));
      }
      command = next;
    }
    command.usage(System.out);
    return 0;
  }

  private static void scenario(PrintStream out) {
    out.println("A scenario is everything that fixes a training. As a file it is a JSON object:");
    out.println();
    out.println(ScenarioFile.json(new ScenarioOptions().scenario()).toPrettyString());
    out.println();
    out.println(
        "Fields are required unless they may be left out, none may stand twice, and other names"
            + " are refused.");
    out.println(
        "Text forms are those of the flags of lockstep train, whose --print-scenario writes such"
            + " a file.");
    for (ScenarioField field : ScenarioField.values()) {
      out.printf("%n  %s%n", field.label());
      wrapped(out, field.meaning());
      wrapped(out, field.remark());
    }
  }

  private static void wrapped(PrintStream out, String text) {
    WordUtils.wrap(text, COLUMNS).lines().forEach(line -> out.println("      " + line));
  }
}
