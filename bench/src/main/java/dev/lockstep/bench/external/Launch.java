package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend.Attendance;

/** The way to start a program. */
interface Launch extends ProgramProcess.CommandLine {

  /** Whether the program can be started, as far as can be told without starting it. */
  Availability availability();

  /** The remedy if the program cannot be started. */
  String remedy();

  /** Whether the program takes part without being named. */
  Attendance attendance();

  /** The SHA-256 of the command and of all files known to determine the program's behaviour. */
  String digest();
}
