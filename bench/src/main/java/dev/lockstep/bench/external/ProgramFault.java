package dev.lockstep.bench.external;

import dev.lockstep.backend.BackendFault;
import java.util.List;

/** A program that failed, or broke the protocol. */
final class ProgramFault extends BackendFault {

  private static final long serialVersionUID = 1;

  /**
   * @param sentence what happened, without the program's name
   * @param standardError the last lines of it; may be empty
   */
  ProgramFault(String program, String sentence, List<String> standardError) {
    super(program + " " + sentence + tail(standardError));
  }

  private static String tail(List<String> lines) {
    return lines.isEmpty() ? "" : "; the end of its standard error:\n" + String.join("\n", lines);
  }
}
