package dev.lockstep.bench.surroundings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The commit that this program was built from, according to the git checkout around it. The jars do
 * not contain it, so that equal sources give equal jars.
 */
public final class Commit {

  /** The folder of the built program within a checkout. */
  private static final Path PRODUCT = Path.of("bench", "target");

  private static final int PATIENCE_SECONDS = 10;

  private Commit() {}

  /**
   * The commit's hash, with {@code , dirty} if files differ from it; or a clause with {@code
   * unknown}.
   */
  public static String text() {
    return text(program());
  }

  /** The folder of the program's archive, or of its classes. */
  private static Path program() {
    return Path.of(Commit.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toAbsolutePath()
        .resolveSibling("");
  }

  static String text(Path program) {
    Path top = Path.of(git(program, "rev-parse", "--show-toplevel"));
    // A copy of this program may lie in another project's checkout.
    boolean own =
        !top.toString().isEmpty()
            && program.endsWith(PRODUCT)
            && real(program).equals(real(top.resolve(PRODUCT)))
            && !git(top, "ls-files", "bench/lockstep").isEmpty();
    String head = own ? git(program, "rev-parse", "HEAD") : "";
    if (head.isEmpty()) {
      return "unknown: the program is in no checkout of its sources";
    }
    boolean clean = git(program, "status", "--porcelain", "--untracked-files=no").isEmpty();
    return clean ? head : head + ", dirty";
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException notThere) {
      return folder;
    }
  }

  /** The output of git; empty if git fails or is missing. */
  private static String git(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? said.strip() : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
