package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.machine.LoadException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DriverProbe} reported of the driver, line by line. A line is a key and its fields,
 * separated by colons; fields are encoded as in URLs, so that neither the text of a transcript nor
 * a command line with it needs quotes.
 *
 * <p>A driver may answer anything, and a transcript may come from another process, so every field
 * is checked for its form and its bounds.
 *
 * @param file the library, as far as it is known
 * @param version the newest CUDA version it supports; 0.0 if it does not say
 * @param hardware whether its devices are real or emulated
 * @param devices the devices that it described
 * @param computeMode who may use the device that was opened; 0 if none was asked for it
 * @param log what the driver's compiler said of kernels that it refused; empty if nothing
 * @param end how it ended
 */
record DriverTranscript(
    @Nullable Path file,
    CudaVersion version,
    Hardware hardware,
    List<CudaDevice> devices,
    int computeMode,
    String log,
    End end) {

  /** More devices than any machine has. */
  static final int MOST_DEVICES = 256;

  /** The longest transcript that is read, in characters. */
  static final int LONGEST = 1 << 20;

  private static final int LONGEST_TEXT = 4096;

  /** The kinds of lines. */
  enum Key {
    /** A function that is about to be called. */
    CALLING,
    /** The file of the library. */
    FILE,
    /** The library is this project's emulated device. */
    EMULATED,
    /** The answer of cuDriverGetVersion. */
    VERSION,
    /** The number of devices. */
    COUNT,
    /** A device: ordinal, name, capability (two numbers), bytes, place on the PCI bus. */
    DEVICE,
    /** The compute mode of the device that is opened. */
    MODE,
    /** The compiler's log. */
    LOG,
    /** The loader does not open the library: kind and reason. */
    REFUSED,
    /** The library lacks a function: kind and reason. */
    LACKS,
    /** A function failed: its name and its status. */
    STATUS,
    /** The process did not get to the end: the function it was in, and a predicate. */
    BROKEN,
    /** Nothing follows. */
    END
  }

  /** How a probe ended. */
  sealed interface End {

    /** The driver answered everything. */
    record Complete() implements End {}

    /** The loader does not open the library. */
    record Refused(LoadException.Kind kind, String reason) implements End {}

    /** A function is missing; the reason is a predicate. */
    record Lacks(String reason) implements End {}

    /** A function failed. */
    record Status(String function, int status) implements End {}

    /** The answers are none that a driver gives; the reason is a predicate. */
    record Nonsense(String reason) implements End {}

    /** The process ended, or was ended, in a function; the reason is a predicate. */
    record Broken(String function, String reason) implements End {}
  }

  /** A transcript that breaks the form. */
  static final class FormException extends Exception {

    private static final long serialVersionUID = 1;

    FormException(String message) {
      super(message);
    }
  }

  DriverTranscript {
    devices = List.copyOf(devices);
  }

  /** Writes a line. */
  static String line(Key key, Object... fields) {
    return Stream.concat(
            Stream.of(key.name().toLowerCase(Locale.ROOT)),
            Stream.of(fields)
                .map(field -> URLEncoder.encode(field.toString(), StandardCharsets.UTF_8)))
        .collect(Collectors.joining(":"));
  }

  /** The number of fields behind the key. */
  private static int fields(Key key) {
    return switch (key) {
      case EMULATED, END -> 0;
      case CALLING, FILE, VERSION, COUNT, MODE, LOG -> 1;
      case REFUSED, LACKS, STATUS, BROKEN -> 2;
      case DEVICE -> 6;
    };
  }

  /**
   * Completes the lines of a process that did not get to the end.
   *
   * @param end how the process ended, a predicate
   */
  static List<String> completed(List<String> lines, String end) {
    if (lines.contains(line(Key.END))) {
      return lines;
    }
    String start = line(Key.CALLING, "");
    String function =
        lines.stream()
            .filter(line -> line.startsWith(start))
            .reduce((_, last) -> last)
            .map(line -> line.substring(start.length()))
            .orElse("");
    return Stream.concat(lines.stream(), Stream.of(line(Key.BROKEN, function, end), line(Key.END)))
        .toList();
  }

  /** A transcript that says that another one was none. */
  static DriverTranscript nonsense(String predicate) {
    return new DriverTranscript(
        null, new CudaVersion(0, 0), Hardware.REAL, List.of(), 0, "", new End.Nonsense(predicate));
  }

  /**
   * Reads a transcript.
   *
   * @throws FormException if it is none
   */
  static DriverTranscript read(List<String> lines) throws FormException {
    Reader reader = new Reader();
    for (String line : lines) {
      reader.read(line);
    }
    return reader.end();
  }

  private static final class Reader {
    private final List<CudaDevice> devices = new ArrayList<>();
    private int described;
    private @Nullable Path file;
    private CudaVersion version = new CudaVersion(0, 0);
    private Hardware hardware = Hardware.REAL;
    private int mode;
    private String log = "";
    private @Nullable End end;
    private boolean ended;

    void read(String line) throws FormException {
      String[] parts = line.split(":", -1);
      Key key = key(parts[0]);
      if (parts.length != 1 + fields(key) || ended) {
        throw new FormException("a line of it is not expected");
      }
      switch (key) {
        case CALLING -> text(parts[1]);
        case FILE -> file = path(parts[1]);
        case EMULATED -> hardware = Hardware.EMULATED;
        case VERSION -> version(text(parts[1]));
        case COUNT -> count(text(parts[1]));
        case DEVICE -> device(parts);
        case MODE -> mode = (int) number(parts[1]);
        case LOG -> log = text(parts[1]);
        case REFUSED -> end = new End.Refused(kind(parts[1]), text(parts[2]));
        case LACKS -> end = new End.Lacks(text(parts[2]));
        case STATUS -> end = new End.Status(text(parts[1]), (int) number(parts[2]));
        case BROKEN -> end = new End.Broken(text(parts[1]), text(parts[2]));
        case END -> ended = true;
      }
    }

    private void version(String text) throws FormException {
      long number = number(text);
      if (number < 1000 || number >= 1_000_000) {
        nonsense("gives " + number + " as the CUDA version that it is for");
      } else {
        version = CudaVersion.ofNumber((int) number);
      }
    }

    private void count(String text) throws FormException {
      long number = number(text);
      if (number < 0 || number > MOST_DEVICES) {
        nonsense("offers " + number + " devices");
      }
    }

    private void device(String[] parts) throws FormException {
      long ordinal = number(parts[1]);
      int major = (int) number(parts[3]);
      int minor = (int) number(parts[4]);
      if (ordinal != described++ || ordinal >= MOST_DEVICES) {
        throw new FormException("device " + ordinal + " is not expected");
      }
      String bytes = text(parts[5]);
      if (major < 1 || major > 99 || minor < 0 || minor > 9) {
        nonsense("gives device " + ordinal + " the compute capability " + major + "." + minor);
      } else if (!bytes.matches("\\d{1,15}")) {
        nonsense("gives device " + ordinal + " a memory of " + bytes + " bytes");
      } else {
        String bus = text(parts[6]);
        devices.add(
            new CudaDevice(
                (int) ordinal,
                text(parts[2]),
                new ComputeCapability(major, minor),
                Long.parseLong(bytes),
                bus.isEmpty() ? Optional.empty() : Optional.of(bus)));
      }
    }

    private void nonsense(String predicate) {
      if (!(end instanceof End.Nonsense)) {
        end = new End.Nonsense(predicate);
      }
    }

    DriverTranscript end() throws FormException {
      if (!ended) {
        throw new FormException("it has no end");
      }
      End how = end == null ? new End.Complete() : end;
      if (file == null && !(how instanceof End.Refused || how instanceof End.Broken)) {
        throw new FormException("it names no file");
      }
      return new DriverTranscript(file, version, hardware, devices, mode, log, how);
    }

    private static Key key(String name) throws FormException {
      for (Key key : Key.values()) {
        if (key.name().toLowerCase(Locale.ROOT).equals(name)) {
          return key;
        }
      }
      throw new FormException("a line of it has no known key");
    }

    private static LoadException.Kind kind(String field) throws FormException {
      String name = text(field);
      for (LoadException.Kind kind : LoadException.Kind.values()) {
        if (kind.name().equals(name)) {
          return kind;
        }
      }
      throw new FormException("a line of it has no known kind");
    }

    private static String text(String field) throws FormException {
      try {
        String text = URLDecoder.decode(field, StandardCharsets.UTF_8);
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
      } catch (IllegalArgumentException e) {
        throw new FormException("a field of it is not encoded");
      }
    }

    private static Path path(String field) throws FormException {
      try {
        return Path.of(text(field));
      } catch (InvalidPathException e) {
        throw new FormException("a field of it is no path");
      }
    }

    private static long number(String field) throws FormException {
      String text = text(field);
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new FormException("a field of it is no number");
      }
    }
  }
}
