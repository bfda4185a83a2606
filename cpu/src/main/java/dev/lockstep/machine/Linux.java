package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine as Linux describes it in files below {@code /proc} and {@code /sys}.
 *
 * <p>Virtual machines, containers and sandboxes may lack any of these files. Every method that
 * returns text returns text that a report can print, even if its file is missing or has unexpected
 * content. That text names the file, and nothing that identifies the machine.
 *
 * @param root the folder that holds {@code proc} and {@code sys}
 */
public record Linux(Path root) {

  /** The system property that names a folder to read in place of {@code /}, for tests. */
  public static final String ROOT_PROPERTY = "lockstep.machine.root";

  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");

  /** The machine that this process runs on. */
  public static Linux here() {
    return new Linux(Path.of(System.getProperty(ROOT_PROPERTY, "/")));
  }

  /** Features of processors that decide how fast the backends and the libraries are. */
  private static final List<String> FEATURES =
      List.of(
          "sse4_2",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_bf16",
          "amx_int8");

  /** The folder {@code /sys}, in which the kernel describes devices. */
  public Path sys() {
    return root.resolve("sys");
  }

  /** The folder that contains a folder {@code cpuN} for each processor. */
  public Path processors() {
    return sys().resolve("devices/system/cpu");
  }

  private Path proc(String file) {
    return root.resolve("proc").resolve(file);
  }

  /**
   * The name, family and model of the first processor. Clouds sell several models under one name.
   */
  public String processor() {
    Path file = proc("cpuinfo");
    String family = firstValue(file, "cpu family");
    String model = firstValue(file, "model");
    return firstValue(file, "model name") + " (family " + family + ", model " + model + ")";
  }

  /** Those features of the first processor that matter here, as Linux names them. */
  public String features() {
    List<String> flags = List.of(firstValue(proc("cpuinfo"), "flags").split(" ", -1));
    List<String> found = FEATURES.stream().filter(flags::contains).toList();
    return found.isEmpty() ? notSaid(proc("cpuinfo")) : String.join(" ", found);
  }

  /** The total memory of the machine, such as {@code 24619012 kB}. */
  public String memory() {
    return firstValue(proc("meminfo"), "MemTotal");
  }

  /** The load averages: the mean number of running or ready processes over 1, 5 and 15 minutes. */
  public String load() {
    return answer(
        proc("loadavg"),
        text -> Arrays.stream(text.split(" ", -1)).limit(3).collect(Collectors.joining(" ")));
  }

  /** The release of NVIDIA's kernel module, such as {@code 550.54.15}. */
  public String nvidiaRelease() {
    Path file = proc("driver/nvidia/version");
    return answer(file, text -> NvidiaFiles.release(text).orElse(notSaid(file)));
  }

  /** The kernel's setting for large pages. The launcher asks the JVM to use them. */
  public String largePages() {
    return answer(
        sys().resolve("kernel/mm/transparent_hugepage/enabled"),
        modes -> {
          Matcher chosen = CHOSEN.matcher(modes);
          return !chosen.find()
              ? modes
              : switch (chosen.group(1)) {
                case "always" -> "always";
                case "madvise" -> "on request, which Lockstep makes";
                default -> chosen.group(1) + " (the CPU backends are a few percent slower without)";
              };
        });
  }

  /**
   * The level, kind and size of each cache of the first processor, such as {@code L1d 32K, L2
   * 1024K}.
   */
  public String caches() {
    Path caches = processors().resolve("cpu0/cache");
    List<String> found = new ArrayList<>();
    try {
      for (Path folder : children(caches, "index[0-9]+")) {
        String type = Files.readString(folder.resolve("type")).strip();
        String level = Files.readString(folder.resolve("level")).strip();
        String suffix = type.equals("Data") ? "d" : type.equals("Instruction") ? "i" : "";
        found.add("L" + level + suffix + " " + Files.readString(folder.resolve("size")).strip());
      }
    } catch (IOException e) {
      return notReadable(caches);
    }
    return found.isEmpty() ? notSaid(caches) : String.join(", ", found);
  }

  /** The value of the first line {@code key : value} of a file. */
  private static String firstValue(Path file, String key) {
    return answer(
        file,
        text ->
            text.lines()
                .map(line -> line.split(":", 2))
                .filter(line -> line.length == 2 && line[0].strip().equals(key))
                .map(line -> line[1].strip())
                .findFirst()
                .orElse(notSaid(file)));
  }

  /** Takes an answer from the stripped text of a file. */
  private static String answer(Path file, UnaryOperator<String> reading) {
    try {
      return reading.apply(Files.readString(file).strip());
    } catch (IOException e) {
      return notReadable(file);
    }
  }

  /** The sorted entries of a folder whose names match a regular expression. */
  static List<Path> children(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(child -> child.getFileName().toString().matches(name)).sorted().toList();
    }
  }

  private static String notSaid(Path file) {
    return "not said by " + file;
  }

  private static String notReadable(Path file) {
    return "not readable (" + file + ")";
  }
}
