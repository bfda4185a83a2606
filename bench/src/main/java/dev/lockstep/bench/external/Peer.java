package dev.lockstep.bench.external;

import java.nio.file.Path;
import java.time.Duration;

/** What answers requests, line by line: a running program. */
interface Peer extends AutoCloseable {

  /** The private folder in which tensors are exchanged. */
  Path folder();

  /**
   * Writes a line and waits for the answer.
   *
   * @param request the name of the request in messages
   * @throws ProgramFault if no valid line comes in time; the program is then ended
   */
  String exchange(String line, String request, Duration limit);

  /** Ends the program; returns the fault with the reason. */
  ProgramFault fault(String sentence);

  /** Ends a program that was told to end. */
  @Override
  void close();
}
