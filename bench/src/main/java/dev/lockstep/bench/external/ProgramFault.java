package dev.lockstep.bench.external;

import dev.lockstep.backend.BackendFault;
import java.util.List;

/** Thrown if a program fails or breaks the protocol. */
final class ProgramFault extends BackendFault {

  private static final long serialVersionUID = 1;

  private final transient List<String> standardError;

  /**
   * @param sentence the fault, without the program's name
   * @param standardError the program's last lines of standard error; may be empty
   */
  ProgramFault(String program, String sentence, List<String> standardError) {
    super(program + " " + sentence);
    this.standardError = List.copyOf(standardError);
  }

  /** The program's last lines of standard error. */
  @Override
  public List<String> evidence() {
    return standardError;
  }
}
