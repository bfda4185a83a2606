package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine as Linux describes it in files below {@code /proc} and {@code /sys}.
 *
 * <p>Virtual machines, containers and sandboxes leave out any of them. Every method here answers in
 * words that a report can print, also where its file is missing or says something unexpected. The
 * words name the file, and nothing that identifies the machine.
 *
 * @param root the folder that holds {@code proc} and {@code sys}
 */
public record Linux(Path root) {

  /**
   * A system property: the folder to read in place of {@code /}, so that a test can take files
   * away.
   */
  public static final String ROOT_PROPERTY = "lockstep.machine.root";

  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
  private static final Pattern RELEASE = Pattern.compile("\\b(\\d{3,4}\\.\\d+(?:\\.\\d+)?)\\b");

  /** This machine. */
  public static Linux here() {
    return new Linux(Path.of(System.getProperty(ROOT_PROPERTY, "/")));
  }

  /** Where the kernel describes devices. */
  public Path sys() {
    return root.resolve("sys");
  }

  /** The processors' folder, with one folder {@code cpuN} for each. */
  public Path processors() {
    return sys().resolve("devices/system/cpu");
  }

  private Path proc(String file) {
    return root.resolve("proc").resolve(file);
  }

  /**
   * The first processor's name, family and model. Clouds sell several processors under one name.
   */
  public String processor() {
    Path file = proc("cpuinfo");
    String family = firstValue(file, "cpu family");
    String model = firstValue(file, "model");
    return firstValue(file, "model name") + " (family " + family + ", model " + model + ")";
  }

  /** The memory of the whole machine, such as {@code 24619012 kB}. */
  public String memory() {
    return firstValue(proc("meminfo"), "MemTotal");
  }

  /** The mean number of processes that ran or were ready to, over 1, 5 and 15 minutes. */
  public String load() {
    Path file = proc("loadavg");
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      return String.join(" ", Arrays.copyOf(words, Math.min(3, words.length)));
    } catch (IOException e) {
      return notReadable(file);
    }
  }

  /** The release of NVIDIA's kernel module, such as {@code 550.54.15}. */
  public String nvidiaRelease() {
    Path file = proc("driver/nvidia/version");
    try {
      Matcher release = RELEASE.matcher(Files.readString(file));
      return release.find() ? release.group(1) : "not said by " + file;
    } catch (IOException e) {
      return notReadable(file);
    }
  }

  /** The kernel's setting for large pages, which the launcher asks for. */
  public String largePages() {
    Path file = sys().resolve("kernel/mm/transparent_hugepage/enabled");
    try {
      String modes = Files.readString(file).strip();
      Matcher chosen = CHOSEN.matcher(modes);
      return chosen.find()
          ? switch (chosen.group(1)) {
            case "always" -> "always";
            case "madvise" -> "on request, which Lockstep makes";
            default -> chosen.group(1) + " (the CPU backends are a few percent slower without)";
          }
          : modes;
    } catch (IOException e) {
      return notReadable(file);
    }
  }

  /**
   * Level, kind and size of each cache of the first processor, such as {@code L1d 32K, L2 1024K}.
   */
  public String caches() {
    Path caches = processors().resolve("cpu0/cache");
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(caches, "index*")) {
      TreeSet<Path> sorted = new TreeSet<>();
      folders.forEach(sorted::add);
      for (Path folder : sorted) {
        String type = Files.readString(folder.resolve("type")).strip();
        String level = Files.readString(folder.resolve("level")).strip();
        String suffix = type.equals("Data") ? "d" : type.equals("Instruction") ? "i" : "";
        found.add("L" + level + suffix + " " + Files.readString(folder.resolve("size")).strip());
      }
    } catch (IOException e) {
      return notReadable(caches);
    }
    return found.isEmpty() ? "not said by " + caches : String.join(", ", found);
  }

  /** The text after the first {@code key : value} of a file. */
  private static String firstValue(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> line.split(":", 2))
          .filter(line -> line.length == 2 && line[0].strip().equals(key))
          .map(line -> line[1].strip())
          .findFirst()
          .orElse("not said by " + file);
    } catch (IOException e) {
      return notReadable(file);
    }
  }

  private static String notReadable(Path file) {
    return "not readable (" + file + ")";
  }
}
