package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Processes that carry a program's mark. */
final class Marked {

  private Marked() {}

  /**
   * Their process numbers and command lines; none where Linux shows no environments.
   *
   * @param host the process that has started them
   */
  static List<String> processesOf(long host) throws IOException {
    List<String> found = new ArrayList<>();
    List<Long> all;
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      all = processes.map(ProcessHandle::pid).toList();
    }
    for (long pid : all) {
      Path folder = Path.of("/proc", String.valueOf(pid));
      try {
        if (Files.readString(folder.resolve("environ"), ISO_8859_1)
            .contains(Guard.MARK + "=" + host + "-")) {
          found.add(
              pid
                  + " "
                  + Files.readString(folder.resolve("cmdline"), ISO_8859_1).replace('\0', ' '));
        }
      } catch (IOException ended) {
        continue; // it has ended meanwhile, or is somebody else's
      }
    }
    return found;
  }
}
