package dev.lockstep.bench.flags;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The flag {@code --backends} of commands that take any number of exact names. */
public final class BackendNames {

  /** The flag. */
  public static final String FLAG = "--backends";

  private final OptionSpec flag;

  /**
   * @param description the line in the command's help, with what holds without the flag
   */
  public BackendNames(String description) {
    FlagValues.Names names = new FlagValues.Names();
    flag =
        OptionSpec.builder(FLAG)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .converters(names)
            .completionCandidates(names)
            .splitRegex(FlagValues.COMMA)
            .splitRegexSynopsisLabel(",")
            .paramLabel("NAME")
            .description(description)
            .build();
  }

  /** The flag, to be added to the command by {@code @Mixin}. */
  public CommandSpec flags() {
    return CommandSpec.create().addOption(flag);
  }

  /** The names that were given; null without the flag. */
  public @Nullable List<String> names() {
    return flag.getValue();
  }

  /** The given flag as text, after a space, quoted by the caller's rule; empty if not given. */
  public String repeated(UnaryOperator<String> quoted) {
    List<String> names = names();
    return names == null ? "" : " " + FLAG + " " + quoted.apply(String.join(",", names));
  }
}
