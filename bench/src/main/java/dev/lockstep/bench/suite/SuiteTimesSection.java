package dev.lockstep.bench.suite;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** The times of suites, each the median of some windows in one process. */
public final class SuiteTimesSection implements Section {

  private record Data(List<Named> suites) {}

  private record Named(String source, List<SuiteTimes.Time> times) {}

  @Override
  public String id() {
    return "windows";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Named> suites =
        contents.all(SuiteTimes.class).stream()
            .map(each -> new Named(each.source(), each.result().times()))
            .filter(each -> !each.times().isEmpty())
            .toList();
    return suites.isEmpty() ? Optional.empty() : Optional.of(new Data(suites));
  }
}
