package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.StepSplit;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import dev.lockstep.machine.MadeUpMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PlanTest {

  @TempDir Path folder;

  @AfterEach
  void thisMachineAgain() {
    System.clearProperty(Linux.ROOT_PROPERTY);
  }

  private static Selection selection(String... arguments) {
    return selection(SelectionOptions.Extent.QUICK, arguments);
  }

  private static Selection selection(SelectionOptions.Extent extent, String... arguments) {
    SelectionOptions options = new SelectionOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("", mixin(options)))
        .parseArgs(arguments);
    return options.selection(extent);
  }

  private static CommandLine.Model.CommandSpec mixin(SelectionOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  private static List<Candidate> backends(String... names) {
    return List.of(names).stream()
        .map(name -> Candidate.of(Backends.named("test", name), new Resources(1)))
        .toList();
  }

  private static List<String> texts(Plan plan) {
    return plan.cases().stream().map(Case::toString).toList();
  }

  @Test
  void everyCombinationAndTheCeilingOfItsThreads() {
    Plan plan =
        Plan.of(
            selection("--only", "step", "--width", "7,33", "--threads", "1,2", "--init", "equal"),
            backends("vector"));
    assertThat(texts(plan))
        .containsExactlyInAnyOrder(
            "ceiling-fma threads=1",
            "ceiling-fma threads=2",
            "step backend=vector width=7 depth=2 batch=256 activation=tanh init=equal threads=1",
            "step backend=vector width=7 depth=2 batch=256 activation=tanh init=equal threads=2",
            "step backend=vector width=33 depth=2 batch=256 activation=tanh init=equal threads=1",
            "step backend=vector width=33 depth=2 batch=256 activation=tanh init=equal threads=2");
  }

  @Test
  void scalarHasOneThreadAndTheOracleIsNotTimed() {
    Plan plan =
        Plan.of(
            selection(
                "--only", "product", "--shape", "7x33x1", "--form", "ABT", "--threads", "1,2"),
            backends("scalar", "double"));
    assertThat(texts(plan))
        .containsExactly(
            "ceiling-fma threads=1", "product backend=scalar shape=7x33x1 form=ABT threads=1");
    assertThat(plan.unavailable())
        .containsExactly("double  is an oracle: nothing here could verify it");
  }

  private static Plan elementwise() {
    return Plan.of(
        selection("--only", "elementwise", "--width", "1024", "--batch", "256", "--threads", "1"),
        backends("vector"));
  }

  /** A cache is as fast as it is: what it may hold is held against a copy of as much. */
  @Test
  void elementwiseIsHeldAgainstACopyOfAsMuch() throws IOException {
    MadeUpMachine.withCache(folder, "32M");
    System.setProperty(Linux.ROOT_PROPERTY, folder.toString());
    Plan plan = elementwise();
    assertThat(texts(plan))
        .contains(
            "ceiling-copy footprint=524288 threads=1",
            "elementwise backend=vector operation=tanh batch=256 width=1024 threads=1 cache=cold");
    for (Case of : plan.cases()) {
      if (of.harness().equals("elementwise")) {
        assertThat(plan.cases()).as(of.toString()).contains(Plan.copyBeside(of).orElseThrow());
      }
    }
  }

  @Test
  void whereTheCachesAreUnknownNothingColdIsPlanned() {
    System.setProperty(Linux.ROOT_PROPERTY, folder.toString());
    Plan plan = elementwise();
    assertThat(texts(plan)).isNotEmpty().noneMatch(text -> text.contains("cache=cold"));
    assertThat(plan.unavailable())
        .containsExactly("cold operands on the CPU  UNAVAILABLE  " + LastLevelCache.UNKNOWN);
  }

  @Test
  void onlyADeviceHasTransfers() {
    Plan plan = Plan.of(selection("--only", "transfer,submit"), backends("vector"));
    assertThat(plan.cases()).isEmpty();
  }

  private static List<StepSplit> splits(Selection selection, String... backends) {
    Plan plan = Plan.of(selection, backends(backends));
    return plan.cases().stream()
        .filter(of -> of.harness().equals("step"))
        .map(StepSplit::of)
        .filter(split -> plan.cases().containsAll(split.parts().keySet()))
        .toList();
  }

  /** An ordinary run has what its page needs to split a step. */
  @Test
  void oneStepOfEachBackendIsSplitByDefault() {
    assertThat(splits(selection(SelectionOptions.Extent.USUAL, "--threads", "1,2"), "vector"))
        .extracting(split -> split.step().toString())
        .containsExactly(
            "step backend=vector width=1024 depth=2 batch=256 activation=tanh init=random"
                + " threads=2");
    assertThat(splits(selection(SelectionOptions.Extent.USUAL), "vector", "scalar")).hasSize(2);
    assertThat(splits(selection(SelectionOptions.Extent.QUICK), "vector")).isEmpty();
    assertThat(splits(selection(SelectionOptions.Extent.BESIDE), "vector")).isEmpty();
    assertThat(splits(selection(SelectionOptions.Extent.USUAL, "--only", "step"), "vector"))
        .isEmpty();
  }

  @Test
  void stepsAreSplitAsAskedFor() {
    assertThat(
            splits(selection("--only", "step", "--width", "7,33,64", "--split", "7,64"), "vector"))
        .extracting(split -> split.step().number(Axis.WIDTH))
        .containsExactly(7, 64);
    assertThatThrownBy(() -> selection("--width", "7", "--split", "33"))
        .hasMessage("--split: width is 33, expected one of --width");
    assertThatThrownBy(() -> selection("--only", "product", "--split", "256"))
        .hasMessage("--split: widths is 256, but --only leaves steps out");
  }

  @Test
  void twoArmsArePairs() {
    Plan plan =
        Plan.versus(
            selection("--only", "step", "--width", "7,33", "--threads", "1"),
            backends("vector", "scalar"));
    assertThat(plan.pairs()).hasSize(2);
    assertThat(plan.pairs())
        .allMatch(pair -> pair.a().without("backend").equals(pair.b().without("backend")));
    assertThat(plan.alone()).extracting(Case::harness).containsExactly("ceiling-fma");
    assertThatThrownBy(() -> Plan.versus(selection(), backends("vector", "double")))
        .hasMessageStartingWith("--versus: backends is [vector, double], expected two");
  }

  @Test
  void twoBuildsArePairsToo() {
    Plan plan =
        Plan.of(selection("--only", "step", "--width", "7", "--threads", "1"), backends("vector"))
            .versusBuild();
    assertThat(plan.pairs()).hasSize(1);
    assertThat(plan.pairs().getFirst().a().axis(Axis.BUILD)).hasValue(Axis.THIS_BUILD);
    assertThat(plan.pairs().getFirst().b().axis(Axis.BUILD)).hasValue(Axis.OTHER_BUILD);
  }

  @Test
  void differentCasesHaveDifferentFiles() {
    Plan plan = Plan.of(selection("--shape", "deepbench,benchdnn"), backends("vector", "scalar"));
    assertThat(plan.cases()).extracting(Case::slug).doesNotHaveDuplicates();
  }
}
