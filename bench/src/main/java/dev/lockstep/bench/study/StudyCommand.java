package dev.lockstep.bench.study;

import picocli.CommandLine.Command;

/** {@code lockstep study}: runs experiments on initial weights. */
@Command(
    name = "study",
    mixinStandardHelpOptions = true,
    description = {"Runs experiments on networks whose weights start equal, zero or random.", ""},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TextbookCommand.class, UnitsCommand.class},
    footer = {
      "",
      "Examples:",
      "  lockstep study textbook",
      "  lockstep study units --html units.html"
    })
public final class StudyCommand {}
