package dev.lockstep.file;

import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of temporary files and folders: {@code lockstep-PROCESS-BEGINNING-NUMBER}. They tell which
 * process made what, so that what a killed process left is told from what is in use.
 */
final class TemporaryName {

  /** What all names begin with. */
  static final String START = "lockstep-";

  /** The beginning of a process that is not known, as in a name that the launcher gave. */
  private static final String UNKNOWN = "0";

  private static final Pattern NAME =
      Pattern.compile("\\.?lockstep-(\\d{1,10})-(\\d{1,15})-\\d{1,10}(?:\\.tmp)?");

  private static final AtomicInteger NEXT = new AtomicInteger();

  private TemporaryName() {}

  /** A name that no other call returns. */
  static String next() {
    ProcessHandle process = ProcessHandle.current();
    return String.format(
        Locale.ROOT,
        "%s%d-%s-%d",
        START,
        process.pid(),
        beginning(process),
        NEXT.getAndIncrement());
  }

  /** Whether a name is this process's. */
  static boolean isOwn(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        && Long.parseLong(matcher.group(1)) == ProcessHandle.current().pid()
        && isOf(ProcessHandle.current(), matcher.group(2));
  }

  /** Whether a name is one of a process that has ended. */
  static boolean isLeft(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        && ProcessHandle.of(Long.parseLong(matcher.group(1)))
            .filter(process -> isOf(process, matcher.group(2)))
            .isEmpty();
  }

  private static boolean isOf(ProcessHandle process, String beginning) {
    return beginning.equals(UNKNOWN) || beginning.equals(beginning(process));
  }

  private static String beginning(ProcessHandle process) {
    return process
        .info()
        .startInstant()
        .map(Instant::toEpochMilli)
        .map(String::valueOf)
        .orElse(UNKNOWN);
  }
}
