package dev.lockstep.bench.sensors;

import dev.lockstep.gpu.discovery.ProbeJvm;
import dev.lockstep.machine.NativeLibrary;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks NVIDIA's management library for one device, through a {@link NvmlProbe} in a process of its
 * own. Whatever the library does to that process, this one goes on; then nothing can be read any
 * more, and the reason is kept.
 */
final class NvmlProcess {

  /** Has JVMs that this one starts know what the library did to its process. */
  private static final String PROPERTY = "lockstep.nvml.broken";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int LONGEST_LINE = 4096;

  /** The answer of a process that gives no other. */
  private static final String END = "";

  /** What each library did to a process. */
  private static final Map<String, String> BROKEN = new ConcurrentHashMap<>();

  static {
    String told = System.getProperty(PROPERTY, "");
    if (!told.isEmpty()) {
      BROKEN.put(Nvml.LIBRARY, URLDecoder.decode(told, StandardCharsets.UTF_8));
    }
  }

  private final String library;
  private final Process process;
  private final String mark;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private volatile String calling = "";
  private @Nullable String ended;

  private NvmlProcess(String library, Process process, String mark) {
    this.library = library;
    this.process = process;
    this.mark = mark;
  }

  /** The argument that tells a JVM what the library did to a process of this one, if anything. */
  static String option() {
    return "-D"
        + PROPERTY
        + "="
        + URLEncoder.encode(BROKEN.getOrDefault(Nvml.LIBRARY, ""), StandardCharsets.UTF_8);
  }

  /**
   * Starts the process and finds the device.
   *
   * @param library a path, or a name for the system's loader
   * @param busId the device's PCI address, such as {@code 0000:01:00.0}
   */
  static NvmlProcess start(String library, String busId) throws NotReadableException {
    String broken = BROKEN.get(library);
    if (broken != null) {
      throw new NotReadableException(broken);
    }
    String mark = UUID.randomUUID().toString();
    NvmlProcess started;
    try {
      started =
          new NvmlProcess(
              library,
              ProbeJvm.command(
                      NvmlProbe.class,
                      List.of(NvmlProbe.class, ProbeJvm.class, NativeLibrary.class),
                      List.of(mark, library, busId))
                  .start(),
              mark);
    } catch (IOException e) {
      throw new NotReadableException("no process starts to read it (" + e.getMessage() + ")");
    }
    Thread.ofPlatform().daemon().start(started::read);
    started.answer();
    return started;
  }

  /**
   * Calls a function of the device.
   *
   * @param number what the function takes besides, if anything
   */
  synchronized long ask(NvmlProbe.Form form, String function, int... number)
      throws NotReadableException {
    if (ended != null) {
      throw new NotReadableException(ended);
    }
    StringBuilder request = new StringBuilder(form + " " + function);
    for (int each : number) {
      request.append(' ').append(each);
    }
    calling = function;
    try {
      process.getOutputStream().write((request + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It has ended; why, its last answer says.
    }
    return answer();
  }

  private long answer() throws NotReadableException {
    Duration limit = ProbeJvm.limit();
    try {
      String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        throw end(ProbeJvm.late(limit));
      }
      if (answer.equals(END)) {
        boolean over = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        throw end(over ? ProbeJvm.ending(process.exitValue()) : "closed its output");
      }
      if (answer.startsWith(NvmlProbe.REASON)) {
        throw new NotReadableException(answer.substring(1));
      }
      return Long.parseLong(answer.substring(1));
    } catch (NumberFormatException e) {
      throw end("spoiled an answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw end("was interrupted");
    }
  }

  private NotReadableException end(String predicate) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    String reason = "NVIDIA's management library " + predicate + " in " + calling;
    ended = reason;
    BROKEN.put(library, reason);
    return new NotReadableException(reason);
  }

  /** Takes the process's lines as they come; of a longer one only the beginning is kept. */
  private void read() {
    try (InputStream stream = new BufferedInputStream(process.getInputStream())) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = stream.read(); b >= 0; b = stream.read()) {
        if (b == '\n') {
          take(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < LONGEST_LINE) {
          line.write(b);
        }
      }
    } catch (IOException e) {
      // The process was ended.
    }
    answers.add(END);
  }

  private void take(String line) {
    if (line.startsWith(mark + NvmlProbe.CALLING)) {
      calling = line.substring(mark.length() + 1);
    } else if (line.startsWith(mark) && line.length() > mark.length()) {
      answers.add(line.substring(mark.length()));
    }
  }
}
