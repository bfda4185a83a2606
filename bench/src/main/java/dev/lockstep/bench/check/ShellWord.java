package dev.lockstep.bench.check;

/** Text as one word of a shell's, blanks and all, for commands that are shown to be repeated. */
final class ShellWord {

  private ShellWord() {}

  static String quoted(String text) {
    return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
