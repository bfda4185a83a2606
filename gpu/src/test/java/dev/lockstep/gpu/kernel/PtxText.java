package dev.lockstep.gpu.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What PTX must not say if its results are to be those of canonical arithmetic: an instruction that
 * flushes subnormal numbers to zero, one that approximates, and a float operation that names no
 * rounding, which a compiler may fuse with another.
 */
final class PtxText {

  private static final Pattern COMMENT = Pattern.compile("//.*");
  private static final Pattern INSTRUCTION =
      Pattern.compile("^[\\s{]*(?:@!?%\\w+\\s+)?([a-z][a-z0-9_]*)((?:\\.[a-z0-9_:]+)*)\\s");
  private static final Pattern FORBIDDEN = Pattern.compile("\\.(?:ftz|approx|full)\\b");
  private static final List<String> ROUNDED = List.of("add", "sub", "mul", "mad", "fma", "div");

  private PtxText() {}

  /** Each offending line, with its number and the reason. */
  static List<String> offences(String ptx) {
    List<String> offences = new ArrayList<>();
    List<String> lines = ptx.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      // A line may hold several instructions, each with its semicolon.
      for (String statement : COMMENT.matcher(lines.get(i)).replaceAll("").split(";", -1)) {
        String reason = offence(statement + " ");
        if (!reason.isEmpty()) {
          offences.add(
              String.format(Locale.ROOT, "line %d: %s: %s", i + 1, reason, statement.strip()));
        }
      }
    }
    return offences;
  }

  private static String offence(String statement) {
    var forbidden = FORBIDDEN.matcher(statement);
    if (forbidden.find()) {
      return forbidden.group();
    }
    var instruction = INSTRUCTION.matcher(statement);
    if (instruction.find() && ROUNDED.contains(instruction.group(1))) {
      List<String> modifiers = List.of(instruction.group(2).substring(1).split("\\.", -1));
      boolean isFloat = modifiers.stream().anyMatch(m -> m.matches("b?f(16|16x2|32|32x2|64)"));
      if (isFloat && !modifiers.contains("rn")) {
        return "no .rn";
      }
    }
    return "";
  }
}
