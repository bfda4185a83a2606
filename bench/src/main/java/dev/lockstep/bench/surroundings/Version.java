package dev.lockstep.bench.surroundings;

import picocli.CommandLine.IVersionProvider;

/** The text of {@code --version}: the version, the commit and the JDK. */
public final class Version implements IVersionProvider {

  /** The version in the poms. */
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
