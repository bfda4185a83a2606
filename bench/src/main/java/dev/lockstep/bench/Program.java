package dev.lockstep.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which program this is, for what it writes. */
public final class Program {

  /** As the poms have it. */
  public static final String VERSION = "0.1.0";

  /** The folder of the program's archive, or its classes. */
  private static final Path FOLDER =
      Path.of(Program.class.getProtectionDomain().getCodeSource().getLocation().getPath())
          .toAbsolutePath()
          .resolveSibling("");

  private Program() {}

  /** The commit that the classes were built from, as far as the checkout beside them tells. */
  public static String commit() {
    String head = git("rev-parse", "HEAD");
    if (head.isEmpty()) {
      return "not known: no checkout beside the program";
    }
    return head + (git("status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : ", dirty");
  }

  private static String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", FOLDER.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(10, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? said.strip() : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
