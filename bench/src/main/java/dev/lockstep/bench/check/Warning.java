package dev.lockstep.bench.check;

import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.input.Labelled;
import dev.lockstep.machine.RecordedVariables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a reader of a verdict has to know besides.
 *
 * @param code what it is, as a word
 * @param text one sentence
 */
record Warning(Code code, String text) {

  /** The kinds of warnings. */
  enum Code implements Labelled {
    /** Backends on CUDA were asked for, and none could run. */
    CUDA_NOT_TESTED,
    /** CUDA was emulated on the CPU. */
    CUDA_EMULATED,
    /** A backend on CUDA took part in nothing. */
    BACKEND_NOT_TESTED,
    /** A variable is set that changes the results of a library. */
    ARITHMETIC_VARIABLES,
    /** The data may keep scenarios from showing anything. */
    DATA,
    /** A backend did not run something, and did not have to. */
    NOT_RUN;

    @Override
    public String label() {
      return Labelled.hyphenated(this);
    }
  }

  /** Returns the warnings that belong to the verdict. */
  static List<Warning> ofVerdict(CheckReport report) {
    List<Warning> warnings = new ArrayList<>();
    Map<String, String> missing = missing(report);
    switch (report.cuda()) {
      case NOT_ASKED -> {}
      case NOT_TESTED ->
          warnings.add(
              new Warning(
                  Code.CUDA_NOT_TESTED,
                  "CUDA NOT TESTED: " + missing.values().iterator().next() + "."));
      case EMULATED -> {
        warnings.add(
            new Warning(
                Code.CUDA_EMULATED, "CUDA EMULATED on the CPU: nothing was tested on a GPU."));
        notTested(missing, warnings);
      }
      case TESTED -> notTested(missing, warnings);
    }
    RecordedVariables set = RecordedVariables.ofThisProcess().ofArithmetic();
    if (!set.isEmpty()) {
      warnings.add(
          new Warning(
              Code.ARITHMETIC_VARIABLES,
              "Set, and able to change a library's arithmetic: " + set + "."));
    }
    return warnings;
  }

  private static void notTested(Map<String, String> missing, List<Warning> warnings) {
    missing.forEach(
        (backend, why) ->
            warnings.add(
                new Warning(
                    Code.BACKEND_NOT_TESTED, "NOT TESTED: " + backend + " (" + why + ").")));
  }

  /** Returns all warnings. */
  static List<Warning> of(CheckReport report) {
    List<Warning> warnings = new ArrayList<>(ofVerdict(report));
    report.advice().sentence().ifPresent(text -> warnings.add(new Warning(Code.DATA, text)));
    report.notRun().forEach(remark -> warnings.add(new Warning(Code.NOT_RUN, remark.sentence())));
    return warnings;
  }

  /** Returns, for each backend on CUDA that took part in nothing, its name and the reason. */
  private static Map<String, String> missing(CheckReport report) {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Candidate backend : report.chosen()) {
      if (backend.onDevice() && !backend.available()) {
        reasons.put(backend.name(), backend.reason().orElseThrow());
      } else if (backend.onDevice() && report.tookNoPart(backend)) {
        reasons.put(backend.name(), "see above");
      }
    }
    return reasons;
  }
}
