package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The results of all claims on all backends and data sets.
 *
 * @param results the results in the order of data sets and claims
 */
record Textbook(List<Result> results) {

  static final List<Claim> CLAIMS =
      List.of(
          new EqualUnits(),
          new ZeroWeights(),
          new OneUnit(),
          new RandomUnits(),
          new ChanceFeatures(),
          new BrokenByNoise(),
          new Determinism());

  /**
   * One finding of a claim, with all backends that found the same to the last bit.
   *
   * @param data the data set's name
   * @param backends the backends' names
   * @param library whether all backends are libraries
   */
  record Result(String data, Claim claim, List<String> backends, boolean library, Finding finding) {

    /** Whether the claim fails or is inconclusive on an exact backend. */
    boolean fault() {
      return !library && finding.verdict() != Verdict.AGREES;
    }
  }

  /**
   * Runs all experiments on one data set.
   *
   * @param stage creates the setting for a backend
   * @param carriedOut called after each experiment
   */
  static List<Result> on(
      String data,
      List<Candidate> backends,
      Function<Candidate, Stage> stage,
      Runnable carriedOut) {
    List<Result> results = new ArrayList<>();
    Map<Candidate, Stage> stages = new LinkedHashMap<>();
    backends.forEach(backend -> stages.put(backend, stage.apply(backend)));
    for (Claim claim : CLAIMS) {
      Map<Finding, List<Candidate>> byFinding = new LinkedHashMap<>();
      stages.forEach(
          (backend, itsStage) -> {
            Finding finding = on(claim, itsStage);
            byFinding.computeIfAbsent(finding, _ -> new ArrayList<>()).add(backend);
            carriedOut.run();
          });
      byFinding.forEach(
          (finding, found) ->
              results.add(
                  new Result(
                      data,
                      claim,
                      found.stream().map(Candidate::name).toList(),
                      found.stream().allMatch(backend -> backend.kind().isLibrary()),
                      finding)));
    }
    return results;
  }

  /** Runs one experiment; an overflow makes it INCONCLUSIVE. */
  static Finding on(Claim claim, Stage stage) {
    try {
      return claim.on(stage);
    } catch (Stage.NotFinite e) {
      return Finding.notShown(String.valueOf(e.getMessage()), List.of());
    }
  }

  long count(Verdict verdict) {
    return results.stream().filter(result -> result.finding().verdict() == verdict).count();
  }

  /** 0 if every claim holds on every exact backend, otherwise 1. */
  int exitCode() {
    return results.stream().anyMatch(Result::fault) ? 1 : 0;
  }
}
