package dev.lockstep.bench.external;

import dev.lockstep.backend.BackendFault;
import java.util.List;

/** A program that failed, or broke the protocol. */
final class ProgramFault extends BackendFault {

  private static final long serialVersionUID = 1;

  private final transient List<String> standardError;

  /**
   * @param sentence what happened, without the program's name
   * @param standardError the last lines of it; may be empty
   */
  ProgramFault(String program, String sentence, List<String> standardError) {
    super(program + " " + sentence);
    this.standardError = List.copyOf(standardError);
  }

  /** The end of the program's standard error. */
  @Override
  public List<String> evidence() {
    return standardError;
  }
}
