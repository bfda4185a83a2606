package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the steps of docs/ci.md as a CI server does, with this build's launcher. Only the flags in
 * {@code CHECK} and {@code BENCH} are shorter, and nothing is installed or fetched.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class CiDocumentationIT {

  private static final Path PAGE = Path.of("../docs/ci.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** A step of GitHub's, or an element of a script of GitLab's. */
  private static final Pattern RUN = Pattern.compile("^ *- run: (.*)$");

  private static final Pattern SCRIPT = Pattern.compile("^ *(before_script|script):$");
  private static final Pattern ELEMENT = Pattern.compile("^ *- (.*)$");

  private static final String CHECK =
      "--width 7 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
          + " --loss cross-entropy --noise 0 --steps 40";
  private static final String BENCH =
      "--only step --width 33 --forks 2 --warm-ups 0 --iterations 2 --iteration 5ms";

  @TempDir Path temp;
  private final List<Path> links = new ArrayList<>();
  private Path stubs = Path.of("");

  /** Programs that would change the machine, or ask the network, do nothing. */
  @BeforeEach
  void stub() throws IOException {
    stubs = Files.createDirectories(temp.resolve("stubs"));
    LauncherFixture.script(stubs.resolve("sudo"), "");
    LauncherFixture.script(stubs.resolve("apt-get"), "");
    LauncherFixture.script(
        stubs.resolve("git"),
        "case $1 in fetch | worktree) ;; *) PATH=${PATH#*:} exec git \"$@\" ;; esac");
  }

  private record Block(String language, String text) {}

  private static List<Block> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(PAGE))
        .results()
        .map(found -> new Block(found.group(1), found.group(2)))
        .toList();
  }

  /** Returns the commands of a workflow, and fails if one is of a form that is not known here. */
  private static List<String> steps(Block workflow) {
    List<String> steps = new ArrayList<>();
    boolean script = false;
    for (String line : workflow.text().split("\n")) {
      Matcher run = RUN.matcher(line);
      Matcher element = ELEMENT.matcher(line);
      if (run.matches()) {
        steps.add(run.group(1));
      } else if (script && element.matches()) {
        steps.add(element.group(1));
      } else {
        script = SCRIPT.matcher(line).matches();
        assertThat(line).doesNotContain("run:").doesNotContainPattern("script: .");
      }
    }
    assertThat(steps).isNotEmpty();
    return steps;
  }

  /** A checkout of this project, with the base branch beside it. */
  private Path workspace(String name) throws IOException {
    Path project = Path.of("..").toRealPath();
    Path workspace = Files.createDirectories(temp.resolve(name));
    Files.createDirectories(workspace.resolve("bench"));
    links.add(
        Files.createSymbolicLink(
            workspace.resolve("bench/lockstep"), project.resolve("bench/lockstep")));
    links.add(Files.createSymbolicLink(workspace.resolve("base"), project));
    return workspace;
  }

  /** JUnit warns of links that lead out of a temporary folder. */
  @AfterEach
  void removeLinks() throws IOException {
    for (Path link : links) {
      Files.delete(link);
    }
  }

  private void run(Path workspace, String step) throws Exception {
    Path output = workspace.resolve("step.log");
    ProcessBuilder process =
        new ProcessBuilder("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step)
            .directory(workspace.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    process.environment().merge("PATH", stubs.toString(), (path, first) -> first + ":" + path);
    process.environment().put("CHECK", CHECK);
    process.environment().put("BENCH", BENCH);
    process.environment().put("GITHUB_STEP_SUMMARY", summary(workspace).toString());
    process.environment().put("LOCKSTEP_JAVA_HOME", System.getProperty("java.home"));
    // Compiled well enough for what no number is read of.
    process.environment().put("LOCKSTEP_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    process.environment().put("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    int code = process.start().waitFor();
    // Noise may make a build look slower than itself.
    int most = step.contains(" compare ") ? 1 : 0;
    assertThat(code).as(step + "\n" + Files.readString(output)).isBetween(0, most);
  }

  private static Path summary(Path workspace) {
    return workspace.resolve("summary.md");
  }

  private void run(Path workspace, Block block) throws Exception {
    if (block.language().equals("sh")) {
      run(workspace, block.text());
    } else {
      for (String step : steps(block)) {
        run(workspace, step);
      }
    }
  }

  @Tag("thorough")
  @Test
  void everyStepRuns() throws Exception {
    Path made = workspace("made");
    List<Block> scripts = blocks().stream().filter(b -> b.language().equals("sh")).toList();
    List<Block> workflows = blocks().stream().filter(b -> b.language().equals("yaml")).toList();
    assertThat(scripts).hasSize(1);
    assertThat(workflows).hasSize(2);
    run(made, scripts.getFirst());
    for (int i = 0; i < workflows.size(); i++) {
      Path workspace = workspace("workflow-" + i);
      Files.copy(made.resolve("lockstep-known.json"), workspace.resolve("lockstep-known.json"));
      run(workspace, workflows.get(i));
      for (String file :
          List.of("check.json", "check.xml", "emulated.json", "bencher.json", "comparison.json")) {
        assertThat(workspace.resolve(file)).isNotEmptyFile();
      }
    }
    assertThat(Files.readString(summary(temp.resolve("workflow-0"))))
        .contains("## lockstep check", "## lockstep compare");
  }

  /** The example of a baseline is one. */
  @Test
  void theBaselineIsSound() throws Exception {
    Block baseline =
        blocks().stream().filter(b -> b.language().equals("json")).findFirst().orElseThrow();
    Path workspace = workspace("example");
    Files.writeString(workspace.resolve("example.json"), baseline.text());
    run(workspace, "bench/lockstep check $CHECK --backends scalar --baseline example.json");
  }
}
