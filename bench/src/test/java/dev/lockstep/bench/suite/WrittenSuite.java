package dev.lockstep.bench.suite;

import dev.lockstep.bench.check.WrittenCheck;
import dev.lockstep.bench.suite.SuiteFolder.Cuda;
import dev.lockstep.bench.suite.SuiteFolder.State;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A small suite in a folder, with all of its parts. */
public final class WrittenSuite {

  private static final String DOCTOR =
      """
      {"environment": {"processor": "P", "GPU": "G"}, "backends": [], "problem": null}
      """;

  private static final String CLASSES =
      """
      {"steps": 200, "hidden-layers": 2, "places-left-out": 0, "rows": [
       {"backend": "cuda", "width": 7, "batch": 33, "verdict": "AGREES",
        "lockstep": {"state": "HELD", "classes-by-sign": 1}},
       {"backend": "cublas", "width": 33, "batch": 2, "verdict": "AGREES",
        "lockstep": {"state": "BROKEN", "step": 5, "layer": 1, "units": 33, "first-unit": 32,
         "last-unit": 32, "classes": 2, "operation": "forward product"}},
       {"backend": "cublas", "width": 2, "batch": 2, "verdict": "UNAVAILABLE",
        "lockstep": {"state": "NOT_ASKED"}, "reason": "no memory"}], "faults": []}
      """;

  private static final String TIMINGS =
      """
      {"protocol": {}, "measurements": [
       {"kind": "step", "backend": "cuda", "what": "64-7-10 tanh", "verdict": "AGREES",
        "reason": "equal", "median-wall-ms": 1.5, "median-events-ms": 1.25, "work": 100.0},
       {"kind": "step", "backend": "vector", "what": "64-7-10 tanh", "verdict": "FAILED",
        "reason": "it ended"}]}
      """;

  private WrittenSuite() {}

  /** Writes a finished suite. */
  public static void write(Path path) {
    try (SuiteFolder folder =
        SuiteFolder.create(path, Cuda.REAL, List.of("doctor", "check", "classes", "timings"))) {
      folder.write("doctor", State.COMPLETE, json(DOCTOR));
      ObjectNode check = WrittenCheck.json();
      check.putArray("left-out");
      folder.write("check", State.COMPLETE, check);
      folder.write("classes", State.COMPLETE, json(CLASSES));
      folder.write("timings", State.COMPLETE, json(TIMINGS));
      folder.finish(List.of("# Lockstep suite"));
    }
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) JsonMapper.shared().readTree(text);
  }
}
