package dev.lockstep.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fuzz targets one after the other, each in a JVM of its own: {@code mvn -Pfuzz verify}. Prints a
 * line for each, and keeps what the fuzzer printed and the input that it ended with in a folder.
 */
public final class Campaign {

  private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");
  private static final Pattern LONGEST = Pattern.compile("longest input: .*");

  /** What a target's JVM may take in all, beside which no input may take long. */
  private static final String HEAP = "-Xmx1g";

  private Campaign() {}

  /**
   * Arguments: the number of inputs of each target; an expression that the targets to be run
   * contain; the folder; then the targets, see {@link FuzzTarget#named}.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> failed = new ArrayList<>();
    Pattern wanted = Pattern.compile(arguments[1]);
    for (String target : Arrays.asList(arguments).subList(3, arguments.length)) {
      String name = target.substring(target.lastIndexOf('.') + 1).replace('#', '-');
      if (wanted.matcher(target).find()
          && !passes(target, arguments[0], Path.of(arguments[2], name))) {
        failed.add(name);
      }
    }
    if (!failed.isEmpty()) {
      System.out.println("fuzzing found a fault in " + String.join(", ", failed));
      System.exit(1);
    }
  }

  private static boolean passes(String target, String runs, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> seeds = new ArrayList<>();
    for (byte[] seed : FuzzTarget.named(target).seeds()) {
      Path file = folder.resolve("seed-" + (seeds.size() + 1));
      seeds.add(Files.write(file, seed).toAbsolutePath().toString());
    }
    Path log = folder.resolve("log");
    long start = System.nanoTime();
    int status =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzz.class.getName(),
                "--target_args=" + target,
                "--instrumentation_includes=dev.lockstep.**:tools.jackson.**",
                // They look for injection into shells, databases and the like, of which there is
                // none.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.**",
                "-seed_inputs=" + String.join(",", seeds),
                "-runs=" + runs,
                "-seed=20261129",
                "-max_len=8192",
                "-timeout=60",
                "-print_final_stats=1")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    String said = Files.readString(log);
    System.out.printf(
        Locale.ROOT,
        "%-32s %s inputs, %.0f s, %s, %s edges%s%n",
        folder.getFileName(),
        runs,
        (System.nanoTime() - start) * 1e-9,
        last(LONGEST, 0, said),
        last(COVERED, 1, said),
        status == 0 ? "" : ": FAULT, see " + log);
    return status == 0;
  }

  private static String last(Pattern pattern, int group, String text) {
    Matcher matcher = pattern.matcher(text);
    String found = "?";
    while (matcher.find()) {
      found = matcher.group(group);
    }
    return found;
  }
}
