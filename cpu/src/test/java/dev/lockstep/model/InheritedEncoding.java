package dev.lockstep.model;

import java.util.List;
import java.util.Map;

/** The one variable that a process needs to be started from a folder of any name. */
public final class InheritedEncoding {

  private InheritedEncoding() {}

  /**
   * Adds how this process decodes paths, if a variable says it. The class path of the tests may
   * lead through a folder whose name has letters beyond ASCII, and a JVM in the POSIX locale finds
   * no class there.
   */
  public static void into(Map<String, String> environment) {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String value = System.getenv(name);
      if (value != null && !value.isEmpty()) {
        environment.putIfAbsent("LC_CTYPE", value);
        return;
      }
    }
  }
}
