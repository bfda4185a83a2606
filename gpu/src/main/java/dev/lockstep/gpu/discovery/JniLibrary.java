package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import java.io.IOException;
import java.io.InputStream;

/** JCuda's native libraries, each with the class whose initialisation loads it. */
enum JniLibrary {
  DRIVER("JCudaDriver", "jcuda.driver.JCudaDriver"),
  CUBLAS("JCublas2", "jcuda.jcublas.JCublas2");

  /** The version of JCuda in this build; the file names contain it. */
  private static final String VERSION = "12.6.0";

  private final String fileName;
  private final String className;

  JniLibrary(String name, String className) {
    this.fileName = "lib" + name + "-" + VERSION + "-linux-x86_64.so";
    this.className = className;
  }

  /** The file name that JCuda looks for. */
  String fileName() {
    return fileName;
  }

  /**
   * Reads the library from the class path.
   *
   * @throws UnavailableException if it is missing or cannot be read
   */
  byte[] bytes() {
    String resource = "/lib/" + fileName;
    try (InputStream stream = JniLibrary.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new UnavailableException(
            Cause.NATIVES,
            "JCuda's native library is missing (" + resource + " is not on the class path)",
            "build Lockstep anew");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UnavailableException(
          Cause.NATIVES,
          "JCuda's native library cannot be read (" + resource + ": " + e.getMessage() + ")",
          "build Lockstep anew");
    }
  }

  /**
   * Initialises JCuda's class, which loads the library.
   *
   * @throws LinkageError if the library cannot be loaded
   */
  void initialise() {
    try {
      Class.forName(className, true, JniLibrary.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new UnavailableException(
          Cause.NATIVES,
          "JCuda is missing (" + className + " is not on the class path)",
          "build Lockstep anew");
    }
  }
}
