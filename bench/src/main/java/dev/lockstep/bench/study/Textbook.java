package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All claims on all backends and data sets.
 *
 * @param results in the order of data sets and claims
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
   * What backends found that found the same to the last bit.
   *
   * @param data the data set's name
   * @param backends their names
   * @param library whether none of them owes anybody bits
   */
  record Result(String data, Claim claim, List<String> backends, boolean library, Finding finding) {

    Result {
      backends = List.copyOf(backends);
    }

    /** Where it does not hold on a library, that is worth knowing and no fault. */
    boolean fault() {
      return !library && finding.verdict() != Verdict.AGREES;
    }
  }

  Textbook {
    results = List.copyOf(results);
  }

  /**
   * Carries out all experiments on one data set.
   *
   * @param stage of a backend
   * @param carriedOut told after each
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

  /** Carries out one experiment; a training that overflowed shows nothing. */
  static Finding on(Claim claim, Stage stage) {
    try {
      return claim.on(stage);
    } catch (Stage.NotFinite e) {
      return Finding.notShown(String.valueOf(e.getMessage()));
    }
  }

  /** How many results have a verdict. */
  long count(Verdict verdict) {
    return results.stream().filter(result -> result.finding().verdict() == verdict).count();
  }

  /**
   * 0 if every claim holds on every backend that owes it bits; 1 if one is refuted or not shown.
   */
  int exitCode() {
    return results.stream().anyMatch(Result::fault) ? 1 : 0;
  }
}
