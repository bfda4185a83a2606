package dev.lockstep.bench.sensors;

import dev.lockstep.gpu.discovery.ProbeJvm;
import dev.lockstep.input.Printable;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The program that calls NVIDIA's management library in a process of its own, which the library may
 * crash or hold up. It answers the lines of a {@link NvmlProcess} until that closes its input.
 *
 * <p>A request is a {@link Form}, a function and its number, if it takes one. Each line of an
 * answer begins with a mark, which tells it from what the library itself may print.
 */
public final class NvmlProbe {

  /** What a function writes. */
  enum Form {
    /** An unsigned int. */
    NUMBER,
    /** An unsigned long long. */
    WIDE,
    /** Two ints, of which the first is wanted. */
    FIRST_OF_TWO
  }

  /** Begins the line with a function that is about to be called. */
  static final String CALLING = ">";

  /** Begins the line with a value. */
  static final String VALUE = "=";

  /** Begins the line with the reason why there is no value. */
  static final String REASON = "!";

  private final PrintStream out;
  private final String mark;

  private NvmlProbe(PrintStream out, String mark) {
    this.out = out;
    this.mark = mark;
  }

  /**
   * Answers requests.
   *
   * @param arguments the mark, the library, and the PCI address of the device
   */
  public static void main(String[] arguments) throws InterruptedException {
    ProbeJvm.leaveNoCore();
    BlockingQueue<String> requests = requests();
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    new NvmlProbe(out, arguments[0]).answer(requests, arguments[1], arguments[2]);
  }

  /** Reads requests beside the calls, so that a call that does not return ends with the parent. */
  private static BlockingQueue<String> requests() {
    BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  requests.add(line);
                }
              } catch (IOException e) {
                // As good as the end.
              }
              // Threads of the driver are not waited for.
              Runtime.getRuntime().halt(0);
            });
    return requests;
  }

  private void answer(BlockingQueue<String> requests, String library, String busId)
      throws InterruptedException {
    Nvml nvml;
    MemorySegment device;
    try {
      nvml = Nvml.start(library, function -> line(CALLING, function));
      device = nvml.device(busId);
      line(VALUE, "0");
    } catch (NotReadableException e) {
      line(REASON, String.valueOf(e.getMessage()));
      Runtime.getRuntime().halt(0);
      return;
    }
    while (true) {
      String[] words = requests.take().split(" ", -1);
      try {
        line(VALUE, String.valueOf(value(nvml, device, words)));
      } catch (NotReadableException e) {
        line(REASON, String.valueOf(e.getMessage()));
      }
    }
  }

  private static long value(Nvml nvml, MemorySegment device, String[] words)
      throws NotReadableException {
    String function = words[1];
    return switch (Form.valueOf(words[0])) {
      case NUMBER ->
          words.length == 2
              ? nvml.number(function, device)
              : nvml.number(function, device, Integer.valueOf(words[2]));
      case WIDE -> nvml.wide(function, device);
      case FIRST_OF_TWO -> nvml.firstOfTwo(function, device) ? 1 : 0;
    };
  }

  /** Prints a line of its own, whatever the library has printed before. */
  private void line(String kind, String text) {
    out.print("\n" + mark + kind + Printable.of(text) + "\n");
    out.flush();
  }
}
