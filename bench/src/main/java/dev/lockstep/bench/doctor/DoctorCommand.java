package dev.lockstep.bench.doctor;

import dev.lockstep.backend.Availability;
import dev.lockstep.bench.Candidate;
import dev.lockstep.bench.ResourcesOptions;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.incubator.vector.FloatVector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep doctor}: what this machine has, and what follows for each backend. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Shows this machine (JDK, vectors, cores, caches, memory, CUDA), which backends can run on"
          + " it, and what to do about those that cannot.",
      ""
    },
    footer = {"", "Example:", "  lockstep doctor"})
public final class DoctorCommand implements Callable<Integer> {

  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final Path MEMINFO = Path.of("/proc/meminfo");

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Override
  public Integer call() {
    PrintStream out = System.out;
    line(
        out,
        "JDK",
        "%s, %s, %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")));
    line(out, "system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    line(out, "processor", processor());
    line(out, "cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    line(
        out,
        "vectors",
        FloatVector.SPECIES_PREFERRED.vectorBitSize()
            + " bits, "
            + FloatVector.SPECIES_PREFERRED.length()
            + " floats");
    line(out, "caches", caches());
    line(
        out,
        "memory",
        "%s in all, the JVM may use %d MiB"
            .formatted(memory(), Runtime.getRuntime().maxMemory() >> 20));
    line(out, "large pages", largePages());
    for (CudaFindings.Line found : CudaFindings.of(CudaMachine.look())) {
      line(out, found.label(), found.value());
    }
    out.println();
    for (Candidate candidate : Candidate.all(resources.resources())) {
      String verdict =
          candidate.availability() instanceof Availability.Available(String detail, var _)
              ? "can run: " + detail
              : candidate.verdict().orElseThrow();
      out.printf("  %-15s %-12s %s%n", candidate.name(), candidate.kind().label(), verdict);
    }
    return 0;
  }

  /** Its name, with family and model, since clouds give several processors one name. */
  static String processor() {
    return "%s (family %s, model %s)"
        .formatted(
            firstValue(CPUINFO, "model name"),
            firstValue(CPUINFO, "cpu family"),
            firstValue(CPUINFO, "model"));
  }

  /** Of the whole machine. */
  static String memory() {
    return firstValue(MEMINFO, "MemTotal");
  }

  private static void line(PrintStream out, String label, String value) {
    out.printf(Locale.ROOT, "%-12s %s%n", label, value);
  }

  /**
   * What stands behind the first {@code key : value} of a file in /proc, or that it cannot be read.
   */
  private static String firstValue(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> line.split(":", 2))
          .filter(line -> line.length == 2 && line[0].strip().equals(key))
          .map(line -> line[1].strip())
          .findFirst()
          .orElse("not said by " + file);
    } catch (IOException e) {
      return "not readable (" + file + ")";
    }
  }

  /** The kernel's setting for large pages; the launcher asks for them. */
  static String largePages() {
    try {
      String modes = Files.readString(LARGE_PAGES).strip();
      Matcher chosen = Pattern.compile("\\[(\\w+)]").matcher(modes);
      return chosen.find()
          ? switch (chosen.group(1)) {
            case "always" -> "always";
            case "madvise" -> "on request, which Lockstep makes";
            default -> chosen.group(1) + " (the CPU backends are a few percent slower without)";
          }
          : modes;
    } catch (IOException e) {
      return "not readable (" + LARGE_PAGES + ")";
    }
  }

  /** Level, kind and size of each of the first core's. */
  static String caches() {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(CACHES, "index*")) {
      TreeSet<Path> sorted = new TreeSet<>();
      folders.forEach(sorted::add);
      for (Path folder : sorted) {
        String type = Files.readString(folder.resolve("type")).strip();
        String level = Files.readString(folder.resolve("level")).strip();
        String suffix = type.equals("Data") ? "d" : type.equals("Instruction") ? "i" : "";
        found.add("L" + level + suffix + " " + Files.readString(folder.resolve("size")).strip());
      }
    } catch (IOException e) {
      return "not readable (" + CACHES + ")";
    }
    return String.join(", ", found);
  }
}
