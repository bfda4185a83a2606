package dev.lockstep.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What files say about NVIDIA's driver and about where this process runs: the kernel's modules, the
 * device files, WSL and containers. No method fails; what cannot be read is not there.
 *
 * @param root the folder that holds {@code proc}, {@code dev} and {@code usr}
 */
public record NvidiaFiles(Path root) {

  private static final Pattern RELEASE = Pattern.compile("\\b(\\d{3,4}\\.\\d+(?:\\.\\d+)?)\\b");
  private static final Pattern CONTAINER =
      Pattern.compile("docker|kubepods|containerd|libpod|lxc|garden");

  /** The state of a device file. */
  public enum DeviceFile {
    /** There is none. */
    MISSING,
    /** This user, or this container, may not open it for reading and writing. */
    FORBIDDEN,
    /** It can be opened. */
    USABLE
  }

  /** The files of this machine. */
  public static NvidiaFiles here() {
    return new NvidiaFiles(Linux.here().root());
  }

  /** The release of NVIDIA's kernel module, such as {@code 550.54.15}; empty if none is loaded. */
  public Optional<String> module() {
    return release(text("proc/driver/nvidia/version"));
  }

  /** The first release that a text names. */
  static Optional<String> release(String text) {
    Matcher release = RELEASE.matcher(text);
    return release.find() ? Optional.of(release.group(1)) : Optional.empty();
  }

  /** Whether the kernel lists a module of that name. */
  public boolean hasModule(String name) {
    return text("proc/modules").lines().anyMatch(line -> line.startsWith(name + " "));
  }

  /** Whether the kernel's list of modules can be read. */
  public boolean listsModules() {
    return !text("proc/modules").isEmpty();
  }

  /** The state of a file in {@code /dev}. Opening it tells what a container's rules allow. */
  public DeviceFile device(String name) {
    Path file = root.resolve("dev").resolve(name);
    try (FileChannel _ =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return DeviceFile.USABLE;
    } catch (NoSuchFileException e) {
      return DeviceFile.MISSING;
    } catch (IOException e) {
      return DeviceFile.FORBIDDEN;
    }
  }

  /** Whether there is a file of that name in {@code /dev}; this opens nothing. */
  public boolean hasDevice(String name) {
    return Files.exists(root.resolve("dev").resolve(name));
  }

  /** Whether the kernel is that of the Windows Subsystem for Linux. */
  public boolean isWsl() {
    return text("proc/sys/kernel/osrelease").toLowerCase(Locale.ROOT).contains("microsoft");
  }

  /** The folder in which WSL offers the driver of Windows. */
  public Path wslFolder() {
    return root.resolve("usr/lib/wsl/lib");
  }

  /** Whether this process runs in a container. */
  public boolean inContainer() {
    return Files.exists(root.resolve(".dockerenv"))
        || Files.exists(root.resolve("run/.containerenv"))
        || CONTAINER.matcher(text("proc/1/cgroup")).find();
  }

  /** Whether the devices of this machine are joined by NVSwitch, which a service has to set up. */
  public boolean hasNvSwitch() {
    return hasDevice("nvidia-nvswitchctl")
        || Files.exists(root.resolve("proc/driver/nvidia-nvswitch"));
  }

  private String text(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      return "";
    }
  }
}
