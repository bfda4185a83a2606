package dev.lockstep.bench.train;

import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.input.InputException;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioField;
import dev.lockstep.scenario.ScenarioFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The flags that define the scenario: {@code --scenario}, or one flag per field. */
public final class ScenarioOptions {

  @Option(
      names = "--scenario",
      paramLabel = "FILE",
      description = "Read the scenario from a file; then flags may not change it.")
  @Nullable Path file;

  private final Map<ScenarioField<?>, OptionSpec> flags = new LinkedHashMap<>();

  @Mixin private final CommandSpec fields = CommandSpec.create();

  /** Creates the flags of all fields that have one. */
  public ScenarioOptions() {
    for (ScenarioField<?> field : ScenarioField.ALL) {
      if (!field.flag().name().isEmpty()) {
        OptionSpec flag = flag(field);
        flags.put(field, flag);
        fields.addOption(flag);
      }
    }
  }

  private static OptionSpec flag(ScenarioField<?> field) {
    ScenarioField.Flag named = field.flag();
    OptionSpec.Builder flag =
        OptionSpec.builder(named.name())
            .paramLabel(named.label())
            .description(named.description() + " (" + field.usualText() + ").");
    switch (field.usual()) {
      case List<?> _ ->
          flag.type(List.class)
              .auxiliaryTypes(Integer.class)
              .converters(new FlagValues.Numbers(Bounds.UNITS))
              .splitRegex(FlagValues.COMMA)
              .splitRegexSynopsisLabel(",");
      case Integer _ ->
          flag.type(Integer.class).converters(new FlagValues.Numbers(Bounds.POSITIVE.from(0)));
      case String _ -> {
        FlagValues.Texts words = new FlagValues.Texts(named.description());
        flag.type(String.class).completionCandidates(words.iterator().hasNext() ? words : null);
      }
      default -> flag.type(field.usual().getClass());
    }
    return flag.build();
  }

  /**
   * The scenario of the file or of the flags; fields without a flag have their defaults.
   *
   * @throws InputException naming file or flag, field and value
   */
  public Scenario scenario() {
    if (file != null) {
      refuseFields("--scenario");
      return ScenarioFile.read(file);
    }
    return ScenarioField.scenario(this::value);
  }

  private <T> T value(ScenarioField<T> field) {
    Object given = given(field);
    return field.reader().apply(field.flag().name(), given == null ? field.usual() : given);
  }

  private @Nullable Object given(ScenarioField<?> field) {
    OptionSpec flag = flags.get(field);
    return flag == null ? null : flag.getValue();
  }

  /** The file, or else the flag, that a field of the scenario came from. */
  public String sourceOf(String field) {
    return file != null
        ? file.toString()
        : flags.keySet().stream()
            .filter(known -> known.name().equals(field))
            .map(known -> known.flag().name())
            .findFirst()
            .orElse("scenario");
  }

  /** Whether any flag of this class is given. */
  public boolean isGiven() {
    return file != null || flags.keySet().stream().anyMatch(field -> given(field) != null);
  }

  /** Refuses every flag of this class together with {@code flag}, which replaces them. */
  public void refuseAll(String flag) {
    refuse("--scenario", file, flag);
    refuseFields(flag);
  }

  private void refuseFields(String flag) {
    flags.keySet().forEach(field -> refuse(field.flag().name(), given(field), flag));
  }

  private static void refuse(String name, @Nullable Object value, String flag) {
    if (value != null) {
      throw new InputException(
          name, "value", value, "which contradicts " + flag + "; leave one of the two out");
    }
  }
}
