package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend.Attendance;

/** How a program is started. */
interface Launch extends ProgramProcess.CommandLine {

  /** Whether it could be started, as far as that can be said without starting it. */
  Availability availability();

  /** What to do if it cannot be started. */
  String remedy();

  /** Whether it takes part where nobody is named. */
  Attendance attendance();

  /** The SHA-256 of everything that is known to fix what it does. */
  String digest();
}
