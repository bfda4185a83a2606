package dev.lockstep.bench.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reports verifications to the run that started this JVM, and ends a benchmark whose verification
 * failed, so that it gets no number.
 *
 * <p>JMH returns only measurements from a fork, so verifications go through a file, one line of
 * JSON each.
 */
public final class Verification {

  /** The system property with the file's path; without it nothing is written. */
  public static final String FILE_PROPERTY = "lockstep.verification";

  /** Whether a verification comes before or after timing. */
  enum When {
    BEFORE,
    AFTER
  }

  private Verification() {}

  /**
   * Reports the result of recomputing a sample.
   *
   * @throws IllegalStateException if the sample differs
   */
  static void tell(When when, SampleTally tally) {
    tell(when, tally.verdict(), tally.equal(), tally.bounded(), tally.share(), tally.toString());
  }

  /** Reports elements that were all equal. */
  static void tellEqual(When when, long elements) {
    tell(when, SampleTally.ofEqual(elements));
  }

  private static void tell(
      When when, Verdict verdict, long equal, long bounded, double share, String detail) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("when", when.name().toLowerCase(Locale.ROOT));
    line.put("verdict", verdict.name());
    line.put("equal", equal);
    line.put("bounded", bounded);
    line.put("share-of-bound", share);
    line.put("detail", detail);
    append(line + "\n");
    if (verdict != Verdict.AGREES) {
      throw new IllegalStateException(line.get("when").stringValue() + " timing: " + detail);
    }
  }

  private static void append(String line) {
    @Nullable String file = System.getProperty(FILE_PROPERTY);
    if (file == null) {
      return;
    }
    try {
      Files.writeString(
          Path.of(file), line, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
