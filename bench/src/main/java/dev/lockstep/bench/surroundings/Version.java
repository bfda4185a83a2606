package dev.lockstep.bench.surroundings;

import picocli.CommandLine.IVersionProvider;

/** What to put into a report of a fault: the version, the commit and the JDK. */
public final class Version implements IVersionProvider {

  /** As the poms have it. */
  public static final String NUMBER = "0.1.0";

  @Override
  public String[] getVersion() {
    return new String[] {
      "lockstep " + NUMBER,
      "commit   " + Commit.text(),
      "JDK      " + Runtime.version() + ", " + System.getProperty("java.vendor")
    };
  }
}
